using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.App.Tests.Support;

/// <summary>A provider of OpenID Connect that says whatever a test has it say: right answers, and each wrong in one point.</summary>
internal sealed class OidcImpostor : IAsyncDisposable
{
    public const string Client = "offgridflow";

    private readonly WebApplication app;
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private OidcImpostor(WebApplication app) => this.app = app;

    public string Issuer { get; private set; } = "";

    /// <summary>What it says it is.</summary>
    public Dictionary<string, object?> Configuration { get; } = new(StringComparer.Ordinal);

    /// <summary>What it says of whoever signs in.</summary>
    public Dictionary<string, object?> Claims { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, object?> Header { get; } = new(StringComparer.Ordinal) { ["alg"] = "ES256", ["typ"] = "JWT", ["kid"] = "one" };

    /// <summary>What tells more of them.</summary>
    public Dictionary<string, object?> UserInfo { get; } = new(StringComparer.Ordinal);

    /// <summary>Signs the two parts of a token; its own key when left alone.</summary>
    public Func<byte[], byte[]>? Sign { get; set; }

    /// <summary>The forms it was sent for tokens.</summary>
    public List<IFormCollection> Asked { get; } = [];

    public static async Task<OidcImpostor> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var made = new OidcImpostor(builder.Build());
        made.Map();
        await made.app.StartAsync(TestContext.Current.CancellationToken);
        made.Issuer = made.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        foreach (var (name, value) in new (string, object?)[]
        {
            ("issuer", made.Issuer), ("authorization_endpoint", made.Issuer + "/authorize"), ("token_endpoint", made.Issuer + "/token"), ("userinfo_endpoint", made.Issuer + "/userinfo"), ("jwks_uri", made.Issuer + "/jwks"),
        })
        {
            made.Configuration[name] = value;
        }

        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        foreach (var (name, value) in new (string, object?)[]
        {
            ("iss", made.Issuer), ("aud", Client), ("sub", $"s-{Guid.CreateVersion7():N}"), ("iat", now), ("exp", now + 300), ("email", $"o{Guid.CreateVersion7():N}@acme.example"), ("email_verified", true), ("name", "Ana"),
            ("groups", (string[])["analysts"]),
        })
        {
            made.Claims[name] = value;
        }

        return made;
    }

    /// <summary>A secret that it publishes as one of its keys: whoever reads it could sign with it.</summary>
    public byte[] PublishedSecret { get; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>The key others verify with, in the form that a confused verifier would take for a shared secret.</summary>
    public byte[] PublicKey => key.ExportSubjectPublicKeyInfo();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Dispose();
    }

    private void Map()
    {
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(Configuration));
        app.MapGet("/jwks", () =>
        {
            var point = key.ExportParameters(false).Q;
            return Results.Json(new
            {
                keys = new object[]
                {
                    new { kty = "EC", crv = "P-256", kid = "one", use = "sig", alg = "ES256", x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) },
                    new { kty = "oct", kid = "shared", use = "sig", alg = "HS256", k = Base64UrlEncoder.Encode(PublishedSecret) },
                },
            });
        });
        app.MapPost("/token", async (HttpContext context) =>
        {
            Asked.Add(await context.Form(context.RequestAborted));
            return Results.Json(new { id_token = Token(), access_token = "theirs", token_type = "Bearer" });
        });
        app.MapGet("/userinfo", () => Results.Json(UserInfo));
    }

    private string Token()
    {
        var text = $"{Part(Header)}.{Part(Claims)}";
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);
        return $"{text}.{Base64UrlEncoder.Encode(Sign is null ? key.SignData(bytes, HashAlgorithmName.SHA256) : Sign(bytes))}";
    }

    private static string Part(Dictionary<string, object?> fields) => Base64UrlEncoder.Encode(JsonSerializer.SerializeToUtf8Bytes(fields));
}
