using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>Where a provider of sign-in may lie, and where its secret goes.</summary>
public sealed class ProviderSettingsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Providers = "/api/v1/providers";

    [Theory]
    [InlineData("https://127.0.0.1/", "address.refused")]
    [InlineData("https://169.254.169.254/latest", "address.refused")]
    [InlineData("https://[::ffff:127.0.0.1]/", "address.refused")]
    [InlineData("https://login.internal/", "address.refused")]
    [InlineData("http://login.example.org/", "provider.issuer")]
    [InlineData("https://user:word@login.example.org/", "provider.issuer")]
    [InlineData("https://login.example.org/?x=1", "provider.issuer")]
    public async Task a_provider_in_the_operator_s_network_is_refused_when_it_is_named_and_not_only_when_it_is_asked(string issuer, string code)
    {
        Assert.Equal(code, await (await api.Acme.Post(Providers, Asked(issuer, "theirs"))).Problem(400));

        var there = await (await api.Acme.Post(Providers, Asked("https://login.example.org/", "theirs"))).Json(201);
        Assert.Equal(code, await (await api.Acme.Put($"{Providers}/{there.GetProperty("provider_id").GetString()}", Asked(issuer, "theirs"), ("If-Match", "*"))).Problem(400));
    }

    [Fact]
    public async Task who_has_a_provider_lie_elsewhere_gives_its_secret_again()
    {
        var path = $"{Providers}/{(await (await api.Acme.Post(Providers, Asked("https://login.example.org/", "theirs"))).Json(201)).GetProperty("provider_id").GetString()}";

        Assert.Equal("provider.secret-again", await (await api.Acme.Put(path, Asked("https://evil.example/", null), ("If-Match", "*"))).Problem(400));
        Assert.Equal("https://login.example.org/", (await (await api.Acme.Get(path)).Json()).GetProperty("issuer").GetString());

        var same = await (await api.Acme.Put(path, Asked("https://login.example.org/", null), ("If-Match", "*"))).Json();
        var moved = await (await api.Acme.Put(path, Asked("https://new.example.org/", "another"), ("If-Match", "*"))).Json();
        Assert.Equal((true, true, "https://new.example.org/"), (same.GetProperty("has_secret").GetBoolean(), moved.GetProperty("has_secret").GetBoolean(), moved.GetProperty("issuer").GetString()));

        // One without a secret has none that could go elsewhere.
        var open = $"{Providers}/{(await (await api.Acme.Post(Providers, Asked("https://open.example.org/", null))).Json(201)).GetProperty("provider_id").GetString()}";
        Assert.Equal("https://other.example.org/", (await (await api.Acme.Put(open, Asked("https://other.example.org/", null), ("If-Match", "*"))).Json()).GetProperty("issuer").GetString());
    }

    private static object Asked(string issuer, string? secret) => new { name = "Sign-in", issuer, client_id = "x", client_secret = secret };
}
