using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace OffGridFlow.Web.Cli;

/// <summary>What a running server wrote of itself into the state folder: <c>server.json</c>.</summary>
/// <param name="Process">Its process id.</param>
/// <param name="Address">Where it answers.</param>
/// <param name="Certificate">The file of its own certificate; null: it speaks plain HTTP.</param>
internal sealed record ServerRecord(int Process, string Address, string? Certificate = null)
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(2);

    public static void Write(string state, ServerRecord record) => File.WriteAllText(PathOf(state), JsonSerializer.Serialize(record));

    public static void Forget(string state) => File.Delete(PathOf(state));

    /// <summary>The server of a state folder, or null when none runs: a record outlives a killed server.</summary>
    public static async Task<ServerRecord?> Running(string state, CancellationToken ct)
    {
        var record = Read(state);
        return record is not null && IsAlive(record.Process) && await record.Answers("/health/live", ct) ? record : null;
    }

    /// <summary>Whether it answers with success.</summary>
    public async Task<bool> Answers(string path, CancellationToken ct)
    {
        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false };
            using var client = new HttpClient(handler) { BaseAddress = new Uri(Address), Timeout = Glance };
            if (Certificate is { } file)
            {
                (handler.SslOptions.CertificateChainPolicy, client.DefaultRequestHeaders.Host) = Trust(file);
            }

            using var response = await client.GetAsync(path, ct);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception away) when (away is HttpRequestException or IOException or CryptographicException || (away is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Asks it to stop and waits until it has. False when it does not.</summary>
    public async Task<bool> Stop(TimeSpan patience, CancellationToken ct)
    {
        Process server;
        try
        {
            server = System.Diagnostics.Process.GetProcessById(Process);
        }
        catch (ArgumentException)
        {
            return true; // Gone already.
        }

        using (server)
        {
            using var asked = System.Diagnostics.Process.Start("kill", ["-TERM", Process.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(patience);
            try
            {
                await server.WaitForExitAsync(limit.Token);
                return true;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    // The certificate is made out to the name that others know, not to this machine's address; who issued it is not asked.
    private static (X509ChainPolicy Policy, string? Name) Trust(string file)
    {
        using var own = X509Certificate2.CreateFromPem(File.ReadAllText(file));
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority,
        };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return (policy, own.GetNameInfo(X509NameType.DnsFromAlternativeName, forIssuer: false) is { Length: > 0 } name ? name : null);
    }

    private static string PathOf(string state) => Path.Combine(state, "server.json");

    private static ServerRecord? Read(string state)
    {
        try
        {
            return JsonSerializer.Deserialize<ServerRecord>(File.ReadAllText(PathOf(state)));
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }
}
