using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Invitations;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Tokens;
using OffGridFlow.Platform.Messaging.Webhooks;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Security;

/// <summary>What must not be guessed is random in every bit, and as long as is said.</summary>
public sealed class RandomTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const int Times = 64;

    [Fact]
    public void secrets_of_sessions_letters_keys_and_webhooks_have_the_bits_that_are_said()
    {
        var (user, tenant) = (Guid.CreateVersion7(), new TenantId(Guid.CreateVersion7()));

        Assert.Equal(256, Bits(() => Tail(PersonSecret.New(PersonSecret.Session, user, user).Text)));
        Assert.Equal(256, Bits(() => Tail(PersonSecret.New(PersonSecret.Refresh, user, user).Text)));
        Assert.Equal(256, Bits(() => Tail(PersonSecret.New(PersonSecret.OneTime, user, user).Text)));
        Assert.Equal(192, Bits(() => Tail(ApiKeySecret.New(tenant))));
        Assert.InRange(Bits(() => Tail(InvitationToken.New(tenant, user).Text)), 192, 256);
        Assert.InRange(Bits(WebhookSignature.NewSecret), 192, 512);
    }

    [Fact]
    public async Task seeds_of_authenticators_have_160_bits_and_no_two_recovery_codes_are_the_same()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        var seeds = new List<byte[]>();
        for (var i = 0; i < Times / 2; i++)
        {
            seeds.Add(People.Unbase32((await (await ana.Client.Post("/api/v1/auth/totp", new { password = People.Password })).Json()).GetProperty("secret").GetString()!));
        }

        Assert.Equal(160, Varying(seeds));
        var confirmed = await (await ana.Client.Post("/api/v1/auth/totp/confirm", new { code = Totp.Code(seeds[^1], Totp.StepOf(TimeProvider.System.GetUtcNow())) })).Json();
        var codes = confirmed.GetProperty("recovery_codes").EnumerateArray().Select(code => code.GetString()!).ToList();
        Assert.Equal(SecondFactors.RecoveryCodes, codes.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void each_installation_and_region_has_an_issuer_and_an_audience_of_its_own()
    {
        TokenNames[] names = [TokenNames.Of(null), TokenNames.Of("a.example.org"), TokenNames.Of("b.example.org"), TokenNames.Of("a.example.org", new Uri("https://eu.example.org/")), TokenNames.Of("a.example.org", new Uri("https://us.example.org/"))];

        Assert.Equal(names.Length, names.Select(one => one.Issuer).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(names.Length, names.Select(one => one.Audience).Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, one => Assert.NotEqual(one.Issuer, one.Audience));
    }

    private static int Bits(Func<byte[]> make) => Varying([.. Enumerable.Range(0, Times).Select(_ => make())]);

    // Bits that were seen as nought and as one: one that is not random is missed once in 2^32 at most.
    private static int Varying(List<byte[]> made) => Enumerable.Range(0, made[0].Length * 8).Count(bit => made.Select(one => (one[bit / 8] >> (bit % 8)) & 1).Distinct().Count() == 2);

    private static byte[] Tail(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text.AsSpan(PersonSecret.Session.Length));
}
