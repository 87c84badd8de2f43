using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Checks;

namespace OffGridFlow.App.Tests.Factors.Checks;

/// <summary>The whole library passes, and would not if a figure of it slipped.</summary>
public sealed class LibraryChecksTests
{
    // A fifth of the library says as much as the whole in a fifth of the time.
    private const int EveryNth = 5;

    private static readonly FactorLibrary Library = FactorLibrary.Load(Repository.Data);
    private static readonly Firewall Wall = Firewall.Over(Repository.Data, Library);

    [Fact]
    public void every_committed_factor_passes_or_is_accepted_with_a_reason()
    {
        var releases = File.Exists(Path.Combine(Repository.Data, "factors", "releases.csv"));

        var failures = Wall.Run().Failures.Where(f => releases || f.Check != "release").Select(f => $"{f.Check} {f.Id}: {f.Value} against {f.ComparedWith}");

        Assert.Empty(failures);
    }

    // Not all: a beef a thousand times too small is a plausible lettuce.
    [Theory]
    [InlineData("1000000", 0.999)]
    [InlineData("1000", 0.995)]
    [InlineData("0.001", 0.98)]
    [InlineData("0.000001", 0.999)]
    [InlineData("0", 0.99)]
    public void a_slip_of_nearly_any_figure_of_the_library_is_found(string slip, double share)
    {
        var by = decimal.Parse(slip, System.Globalization.CultureInfo.InvariantCulture);
        var (found, all) = (0, 0);
        foreach (var row in Library.Rows.Where((_, at) => at % EveryNth == 0).Where(row => row.Factor.Co2e is > 0 || row.Factor.BiogenicCo2 is > 0 || row.Factor.Gases.Any(gas => gas.Kilograms > 0)))
        {
            all++;
            found += NewlyFound(row, Times(row.Factor, by)) ? 1 : 0;
        }

        Assert.True(all > 5_000, $"only {all} factors");
        Assert.True(found >= share * all, $"{all - found} of {all} slips by {slip} pass unseen");
    }

    // An odd figure has findings of its own already: the slip must add one, or make one far worse.
    private static bool NewlyFound(FactorRow row, Factor planted)
    {
        var before = Wall.Check(row, row.Factor).Select(f => f.Check).ToHashSet();
        return Wall.Check(row, planted).Any(f => !before.Contains(f.Check) || f.Ratio > 500);
    }

    private static Factor Times(Factor factor, decimal by) => factor with
    {
        Co2e = factor.Co2e * by,
        BiogenicCo2 = factor.BiogenicCo2 * by,
        Gases = factor.Gases.Select(gas => new GasAmount(gas.Gas, gas.Kilograms * by, gas.AsCo2e)).ToList(),
    };
}
