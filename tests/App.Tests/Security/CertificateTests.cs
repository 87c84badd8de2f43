using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Security;

/// <summary>The server's own TLS, where no proxy has it.</summary>
public sealed class CertificateTests(CertificateTests.Tls site) : IClassFixture<CertificateTests.Tls>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A server with a certificate of its own.</summary>
    public sealed class Tls(TestPostgres postgres) : ApiFixture(postgres)
    {
        internal override HostSettings Settings(HostSettings settings) => settings with { Certificate = Write(StateFolder, "served") };
    }

    [Fact]
    public async Task it_speaks_tls_1_2_and_1_3_with_the_strongest_suites_alone()
    {
        Assert.Equal("https", site.Address.Scheme);
        Assert.Equal(SslProtocols.Tls13, (await Shake(SslProtocols.Tls12 | SslProtocols.Tls13)).Protocol);
        Assert.Equal(SslProtocols.Tls12, (await Shake(SslProtocols.Tls12)).Protocol);
        Assert.Equal(
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            (await Shake(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384)).Suite);
    }

    [Fact]
    public async Task suites_without_authenticated_encryption_are_refused() => await Assert.ThrowsAsync<AuthenticationException>(() => Shake(
        SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256));

    // A ClientHello that offers nothing newer, byte by byte: no library of today sends it.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task older_versions_are_refused(byte minor)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, site.Address.Port, Ct);
        byte[] suites = [0xC0, 0x09, 0xC0, 0x0A, 0xC0, 0x13, 0xC0, 0x14, 0x00, 0x2F, 0x00, 0x35];
        byte[] extensions = [0x00, 0x0A, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17, 0x00, 0x0B, 0x00, 0x02, 0x01, 0x00]; // P-256, uncompressed.
        byte[] hello = [3, minor, .. new byte[32], 0, 0, (byte)suites.Length, .. suites, 1, 0, 0, (byte)extensions.Length, .. extensions];
        byte[] message = [1, 0, 0, (byte)hello.Length, .. hello];
        await socket.GetStream().WriteAsync((byte[])[22, 3, 1, 0, (byte)message.Length, .. message], Ct);

        var answer = new byte[7];
        await socket.GetStream().ReadExactlyAsync(answer, Ct);

        Assert.Equal((21, 2, 70), (answer[0], answer[5], answer[6])); // A fatal alert: protocol_version.
    }

    [Fact]
    public async Task browsers_are_told_to_keep_to_it_and_http_2_is_spoken()
    {
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust() } })
        {
            BaseAddress = site.Address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        var answer = await client.GetAsync("/health/live", Ct);

        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        Assert.Contains("max-age", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
    }

    [Fact]
    public void a_renewed_certificate_counts_without_a_restart_and_half_a_one_changes_nothing()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var clock = new StopWatch();
        var files = Write(folder, "first");
        var certificate = new Certificate(files, clock, NullLogger<Certificate>.Instance);
        Assert.Equal("CN=first", Subject());

        Write(folder, "second");
        File.SetLastWriteTimeUtc(files.Chain, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal("CN=first", Subject());
        clock.Elapsed = TimeSpan.FromSeconds(6);
        Assert.Equal("CN=second", Subject());

        File.WriteAllText(files.Chain, File.ReadAllText(files.Chain)[..100]);
        clock.Elapsed = TimeSpan.FromSeconds(12);
        Assert.Equal("CN=second", Subject());

        string Subject() => certificate.Options().ServerCertificateContext!.TargetCertificate.Subject;
    }

    [Fact]
    public void a_certificate_without_its_key_stops_the_start_with_a_word()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var (first, second) = (Write(Directory.CreateDirectory(Path.Combine(folder, "a")).FullName, "first"), Write(Directory.CreateDirectory(Path.Combine(folder, "b")).FullName, "second"));

        var refused = Assert.Throws<InvalidDataException>(() => new Certificate(new CertificateFiles(first.Chain, second.Key), TimeProvider.System, NullLogger<Certificate>.Instance));

        Assert.Contains(Certificate.Variable, refused.Message, StringComparison.Ordinal);
        Assert.Contains(first.Chain, refused.Message, StringComparison.Ordinal);
    }

    private static CertificateFiles Write(string folder, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        var files = new CertificateFiles(Path.Combine(folder, "chain.pem"), Path.Combine(folder, "key.pem"));
        File.WriteAllText(files.Chain, made.ExportCertificatePem());
        File.WriteAllText(files.Key, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    private async Task<(SslProtocols Protocol, TlsCipherSuite Suite)> Shake(SslProtocols protocols, params TlsCipherSuite[] suites)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, site.Address.Port, Ct);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost", EnabledSslProtocols = protocols, CertificateChainPolicy = Trust(), CipherSuitesPolicy = suites.Length == 0 ? null : new CipherSuitesPolicy(suites),
            },
            Ct);
        return (tls.SslProtocol, tls.NegotiatedCipherSuite);
    }

    private X509ChainPolicy Trust() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(Path.Combine(site.StateFolder, "chain.pem")) },
    };
}
