using System.Diagnostics;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Security;

/// <summary>How long a refusal takes, and how long a forgotten password, tells nothing of whether there is an account.</summary>
public sealed class SignInTimingTests(SignInTimingTests.Alone api) : IClassFixture<SignInTimingTests.Alone>
{
    /// <summary>Without workers: what is measured is the request, not what the jobs of those before it leave of the machine.</summary>
    public sealed class Alone(TestPostgres postgres) : ApiFixture(postgres)
    {
        internal override OffGridFlow.Web.Host.HostSettings Settings(OffGridFlow.Web.Host.HostSettings settings) => settings with { Works = false };
    }

    private const int Tries = 200;

    [Fact]
    public async Task known_and_unknown_addresses_are_refused_in_the_same_time()
    {
        var known = await People.Make(api, api.Database.Acme, "viewer");

        // What a hash of a password takes, which is what would be missing, is a hundred times the tolerance.
        await Same(i => Refused(known), i => Refused("q" + known), share: 0.03);
    }

    [Fact]
    public async Task known_and_unknown_addresses_have_forgotten_their_password_in_the_same_time()
    {
        var known = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            known.Add(await People.Make(api, api.Database.Acme, "viewer"));
        }

        // A look-up of the account, its row and its token take several times the tolerance.
        await Same(i => Forgotten(known[i % known.Count]), i => Forgotten($"q{i % known.Count}{known[i % known.Count]}"), share: 0.10);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0.02, true)]
    [InlineData(0.10, false)]
    [InlineData(-0.10, false)]
    public void the_comparison_tells_a_tenth_apart_in_the_noise_of_a_loaded_machine(double slower, bool isSame)
    {
        // Tries of a machine where some take several times as long as most.
        var random = new Random(20261121);
        var (a, b) = (Draw(1), Draw(1 + slower));
        var (low, high, middle) = Apart(a, b);
        Assert.Equal(isSame, low <= 0.03 * middle && high >= -0.03 * middle);

        List<double> Draw(double scale) => [.. Enumerable.Range(0, Tries).Select(_ => scale * (100 + (random.NextDouble() * 20) + (random.Next(10) == 0 ? random.NextDouble() * 300 : 0)))];
    }

    // In turn and in changing order, so that whatever else the machine does falls on both alike.
    private static async Task Same(Func<int, Task<double>> known, Func<int, Task<double>> unknown, double share)
    {
        for (var i = 0; i < 10; i++)
        {
            await known(i);
            await unknown(i);
        }

        var (ofKnown, ofUnknown) = (new List<double>(), new List<double>());
        for (var i = 0; i < Tries; i++)
        {
            if (i % 2 == 0)
            {
                ofKnown.Add(await known(i));
                ofUnknown.Add(await unknown(i));
            }
            else
            {
                ofUnknown.Add(await unknown(i));
                ofKnown.Add(await known(i));
            }
        }

        var (low, high, middle) = Apart(ofKnown, ofUnknown);
        var told = $"known {Median(ofKnown):0.00} ms, unknown {Median(ofUnknown):0.00} ms; apart by {low:0.00} to {high:0.00} ms in 999 of 1,000 resamplings, tolerated {share * middle:0.00} ms";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(low <= share * middle && high >= -share * middle, told);
    }

    /// <summary>Between what the median of the pairs' differences lies, by resampling them (Efron's bootstrap), and the median of all.</summary>
    private static (double Low, double High, double Middle) Apart(List<double> a, List<double> b)
    {
        var differences = a.Zip(b, (one, other) => one - other).ToList();
        var random = new Random(7);
        var medians = Enumerable.Range(0, 4000).Select(_ => Median([.. Enumerable.Range(0, differences.Count).Select(_ => differences[random.Next(differences.Count)])])).Order().ToList();
        return (medians[2], medians[^3], Median([.. a, .. b]));
    }

    private static double Median(List<double> values)
    {
        values = [.. values.Order()];
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    private Task<double> Refused(string email) => Took("/api/v1/auth/login", new { email, password = "wrong horse battery staple" }, 401);

    private Task<double> Forgotten(string email) => Took("/api/v1/auth/password/forgot", new { email }, 204);

    private async Task<double> Took(string path, object body, int status)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await api.Nobody.Post(path, body);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Assert.Equal(status, (int)answer.StatusCode);
        return took;
    }
}
