using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace OffGridFlow.App.Tests.Support;

/// <summary>A provider of OpenID Connect (npm's oidc-provider). It asks for PKCE, and tells of people at its userinfo endpoint only.</summary>
public sealed class OidcPeer : IDisposable
{
    public const string ClientId = "offgridflow";
    public const string ClientSecret = "a secret / of + theirs";

    private readonly Process server;

    private OidcPeer(Process server, int port) => (this.server, Issuer) = (server, $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");

    public string Issuer { get; }

    /// <param name="callback">Where it sends browsers back to.</param>
    /// <param name="people">Claims by the name they sign in with.</param>
    public static async Task<OidcPeer> Start(Uri callback, IReadOnlyDictionary<string, object> people)
    {
        var ct = TestContext.Current.CancellationToken;
        var packages = await NpmPackages.Install("Oidc", ct);
        var started = Process.Start(new ProcessStartInfo("node", [Path.Combine(NpmPackages.Source("Oidc"), "serve.cjs"), callback.ToString(), JsonSerializer.Serialize(people)])
        {
            WorkingDirectory = packages, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        started.ErrorDataReceived += (_, _) => { }; // Its warnings about being a test's.
        started.BeginErrorReadLine();
        return new OidcPeer(started, int.Parse(await started.StandardOutput.ReadLineAsync(ct) ?? throw new InvalidOperationException("The provider ended."), CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        server.Kill();
        server.WaitForExit();
        server.Dispose();
    }
}
