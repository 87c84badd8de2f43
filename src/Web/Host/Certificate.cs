using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OffGridFlow.Web.Host;

/// <summary>
/// The server's own certificate, for those who have no proxy before it. Its files are looked at with new connections: a renewed one counts from the next on,
/// without a restart, and one that cannot be read leaves the one before in force.
/// </summary>
internal sealed partial class Certificate
{
    /// <summary>Names the certificate and its intermediate ones, in PEM.</summary>
    public const string Variable = "OFFGRIDFLOW_CERTIFICATE";

    /// <summary>Names its private key, in PEM; without it the key stands in the certificate's file.</summary>
    public const string KeyVariable = "OFFGRIDFLOW_CERTIFICATE_KEY";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    // What Mozilla's guidelines call intermediate: forward secrecy and authenticated encryption alone.
    private static readonly CipherSuitesPolicy Ciphers = new(
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]);

    private readonly CertificateFiles files;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Lock looking = new();
    private Read read;
    private long looked;

    /// <exception cref="InvalidDataException">The files hold no certificate with its key.</exception>
    public Certificate(CertificateFiles files, TimeProvider clock, ILogger<Certificate> log)
    {
        (this.files, this.clock, this.log) = (files, clock, log);
        read = ReadFiles();
        looked = clock.GetTimestamp();
    }

    /// <summary>How to answer a connection that begins.</summary>
    public SslServerAuthenticationOptions Options() => new()
    {
        ServerCertificateContext = Current(),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CipherSuitesPolicy = Ciphers,
        AllowRenegotiation = false,
    };

    private SslStreamCertificateContext Current()
    {
        lock (looking)
        {
            if (clock.GetElapsedTime(looked) >= LookEvery)
            {
                looked = clock.GetTimestamp();
                try
                {
                    if (read.Stamp != Stamp())
                    {
                        read = ReadFiles();
                        LogRenewed(log, read.Context.TargetCertificate.Subject, read.Context.TargetCertificate.NotAfter.ToUniversalTime());
                    }
                }
                catch (Exception unreadable) when (unreadable is InvalidDataException or IOException or UnauthorizedAccessException)
                {
                    LogUnreadable(log, unreadable.Message);
                }
            }

            return read.Context;
        }
    }

    private Read ReadFiles()
    {
        var stamp = Stamp();
        try
        {
            using var made = X509Certificate2.CreateFromPemFile(files.Chain, files.Key);
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(files.Chain);
            // As a file, because some platforms keep a key that was never one for a moment only.
            var own = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
            return new Read(SslStreamCertificateContext.Create(own, [.. all.Skip(1)], offline: true), stamp);
        }
        catch (Exception wrong) when (wrong is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"{Variable} ({files.Chain}) and {KeyVariable} ({files.Key}) hold no certificate with its key in PEM: {wrong.Message}", wrong);
        }
    }

    private (DateTime Chain, DateTime Key) Stamp() => (File.GetLastWriteTimeUtc(files.Chain), File.GetLastWriteTimeUtc(files.Key));

    private sealed record Read(SslStreamCertificateContext Context, (DateTime Chain, DateTime Key) Stamp);

    [LoggerMessage(LogLevel.Warning, "The certificate was renewed: {Subject}, good until {Until:yyyy-MM-dd HH:mm} UTC.")]
    private static partial void LogRenewed(ILogger log, string subject, DateTime until);

    [LoggerMessage(LogLevel.Error, "The certificate has changed and cannot be read; the one before stays in force. {What}")]
    private static partial void LogUnreadable(ILogger log, string what);
}

/// <summary>Where the server's own certificate lies.</summary>
/// <param name="Chain">The certificate, then its intermediate ones, in PEM.</param>
/// <param name="Key">Its private key, in PEM; the same file where it stands there too.</param>
public sealed record CertificateFiles(string Chain, string Key)
{
    /// <summary>As the environment says; null: the server speaks plain HTTP, to a proxy or to its own machine.</summary>
    /// <exception cref="InvalidDataException">It names a key without a certificate.</exception>
    public static CertificateFiles? FromEnvironment() => (Environment.GetEnvironmentVariable(Certificate.Variable), Environment.GetEnvironmentVariable(Certificate.KeyVariable)) switch
    {
        (null or "", null or "") => null,
        (null or "", _) => throw new InvalidDataException($"{Certificate.KeyVariable} is set without {Certificate.Variable}."),
        ({ } chain, null or "") => new CertificateFiles(chain, chain),
        ({ } chain, { } key) => new CertificateFiles(chain, key),
    };
}
