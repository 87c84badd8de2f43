using System.Diagnostics;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Security;

/// <summary>How long a refusal takes tells nothing of whether there is an account.</summary>
public sealed class SignInTimingTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const int Tries = 200;

    [Fact]
    public async Task known_and_unknown_addresses_are_refused_in_the_same_time()
    {
        var known = await People.Make(api, api.Database.Acme, "viewer");
        var unknown = "q" + known;
        for (var i = 0; i < 5; i++)
        {
            await Try(known);
            await Try(unknown);
        }

        // In turn, so that whatever else the machine does falls on both alike.
        var (ofKnown, ofUnknown) = (new List<double>(), new List<double>());
        for (var i = 0; i < Tries; i++)
        {
            if (i % 2 == 0)
            {
                ofKnown.Add(await Try(known));
                ofUnknown.Add(await Try(unknown));
            }
            else
            {
                ofUnknown.Add(await Try(unknown));
                ofKnown.Add(await Try(known));
            }
        }

        ofKnown.Sort();
        ofUnknown.Sort();

        // How far apart the middles are, beside how far apart the tries of one are among themselves.
        var apart = Math.Abs(At(ofKnown, 0.5) - At(ofUnknown, 0.5));
        var noise = Math.Max(At(ofKnown, 0.9) - At(ofKnown, 0.1), At(ofUnknown, 0.9) - At(ofUnknown, 0.1));
        var told = $"known {At(ofKnown, 0.1):0.0} {At(ofKnown, 0.5):0.0} {At(ofKnown, 0.9):0.0} ms, unknown {At(ofUnknown, 0.1):0.0} {At(ofUnknown, 0.5):0.0} {At(ofUnknown, 0.9):0.0} ms (10, 50 and 90 in 100)";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(apart <= noise, told);
        Assert.InRange(At(ofKnown, 0.5) / At(ofUnknown, 0.5), 0.8, 1.25);
    }

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    private async Task<double> Try(string email)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await api.Nobody.Post("/api/v1/auth/login", new { email, password = "wrong horse battery staple" });
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Assert.Equal(401, (int)answer.StatusCode);
        return took;
    }
}
