using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Releases;

namespace OffGridFlow.App.Tests.Factors.Releases;

public sealed class EditionDiffTests : IDisposable
{
    private readonly SmallLibrary small = new();

    public void Dispose() => small.Dispose();

    [Fact]
    public void changes_come_largest_first_then_what_went_and_what_came()
    {
        small.With("office", 2024, Of(2024, "diesel", 2.5m), Of(2024, "petrol", 2.2m), Of(2024, "lpg", 1.5m), Of(2024, "lng", 1m), Of(2024, "cng", 0m))
            .With("office", 2025, Of(2025, "diesel", 2.6m), Of(2025, "petrol", 1.1m), Of(2025, "lpg", 1.5m), Of(2025, "hydrogen", 0.1m), Of(2025, "cng", 2m));

        var changes = EditionDiff.Between(small.Load(), "office:2024", "office:2025");

        Assert.Equal(
            [("fuel.cng", Change.Changed), ("fuel.petrol", Change.Changed), ("fuel.diesel", Change.Changed), ("fuel.lng", Change.Removed), ("fuel.hydrogen", Change.Added), ("fuel.lpg", Change.Same)],
            changes.Select(c => (c.Factor.Kind, c.Change)));
        Assert.Equal([null, 0.5m, 1.04m], changes.Take(3).Select(c => c.Ratio));
    }

    [Fact]
    public void a_yearly_series_is_compared_year_by_year()
    {
        Factor Grid(int edition, int year, decimal co2e) => SmallLibrary.Factor("office", edition, FormattableString.Invariant($"grid-{year}"), "electricity.grid", co2e, "kWh", stage: Stage.Generation)
            with { ValidFrom = new DateOnly(year, 1, 1), ValidTo = new DateOnly(year, 12, 31) };
        small.With("office", 2024, Grid(2024, 2020, 0.3m), Grid(2024, 2021, 0.2m)).With("office", 2025, Grid(2025, 2021, 0.25m), Grid(2025, 2020, 0.3m));

        var changes = EditionDiff.Between(small.Load(), "office:2024", "office:2025");

        Assert.Equal([(0.2m, 0.25m), (0.3m, 0.3m)], changes.Select(c => (c.OldValue!.Value, c.NewValue!.Value)));
    }

    [Fact]
    public void an_edition_that_is_not_there_is_said_with_those_that_are()
    {
        small.With("office", 2024, Of(2024, "diesel", 2.5m));

        var message = Assert.Throws<KeyNotFoundException>(() => EditionDiff.Between(small.Load(), "office:2024", "office:2026")).Message;

        Assert.Contains("office:2024", message, StringComparison.Ordinal);
    }

    private static Factor Of(int year, string fuel, decimal co2e) => SmallLibrary.Factor("office", year, fuel, "fuel." + fuel, co2e, "L");
}
