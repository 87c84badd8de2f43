using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Checks;

namespace OffGridFlow.App.Tests.Factors.Checks;

public sealed class FirewallTests : IDisposable
{
    private readonly SmallLibrary small = new();

    public void Dispose() => small.Dispose();

    [Theory]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    [InlineData(0.001)]
    [InlineData(0.000001)]
    public void a_figure_that_slips_by_thousands_is_held_against_the_edition_before(double slip)
    {
        var findings = Planted(Diesel(2025, 2.6m * (decimal)slip));

        Assert.Contains(findings, f => f is { Check: "previous", Id: "office:2025:diesel" } && f.ComparedWith == "2.5 in office:2024:diesel" && f.Ratio > 900);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public void without_an_edition_before_it_is_held_against_what_is_plausible(int slip)
    {
        small.With("office", 2025, Diesel(2025, 2.6m * slip));

        Assert.Contains(Run(), f => f is { Check: "bounds", Id: "office:2025:diesel" } && f.Ratio > 500);
    }

    [Fact]
    public void a_figure_like_the_edition_before_is_not_held_against_anything() => Assert.Empty(Planted(Diesel(2025, 2.6m)));

    [Fact]
    public void a_blank_turned_zero_is_found() =>
        Assert.Equal(["zero"], Planted(Diesel(2025, 0m)).Select(f => f.Check));

    [Fact]
    public void a_zero_that_has_nothing_to_be_compared_with_is_found()
    {
        small.With("office", 2025, SmallLibrary.Factor("office", 2025, "novel", "goods.material.novel", 0m, "t", stage: Stage.CradleToGate));

        Assert.Contains(Run(), f => f.Check == "zero");
    }

    [Fact]
    public void a_zero_that_was_zero_before_is_counted_and_not_found()
    {
        small.With("office", 2024, Ev(2024, "bev-2024"), Diesel(2024, 2.5m)).With("office", 2025, Ev(2025, "bev-2025"));
        small.Accept("zero,office:2024:bev-2024,nothing comes out of an exhaust that is not there");

        var report = Firewall.Over(small.Data, small.Load()).Run();

        Assert.Equal(["release"], report.Failures.Select(f => f.Check));
        Assert.Equal(["office:2024:bev-2024", "office:2025:bev-2025"], report.Zeros);

        static Factor Ev(int year, string row) => SmallLibrary.Factor("office", year, row, "vehicle.car.battery-electric-vehicle", 0m, "km");
    }

    [Theory]
    [InlineData("kWh", "dimension")]
    [InlineData("km", "dimension")]
    [InlineData("GBP", "dimension")]
    [InlineData("furlong", "unit")]
    public void a_unit_that_does_not_suit_the_kind_is_found(string unit, string check) =>
        Assert.Contains(Planted(Diesel(2025, 2.6m) with { Unit = unit }), f => f.Check == check);

    [Fact]
    public void what_has_no_amount_or_a_negative_one_is_found()
    {
        Assert.Contains(Planted(Diesel(2025, null)), f => f.Check == "no-emissions");
        Assert.Contains(Fresh(Diesel(2025, -2.6m)), f => f.Check == "negative");
    }

    [Fact]
    public void a_total_that_its_gases_do_not_add_up_to_is_found()
    {
        GasAmount[] gases = [new("co2", 2.5m, false), new("ch4", 0.001m, false), new("n2o", 0.07m, true)];

        Assert.DoesNotContain(Planted(Diesel(2025, 2.598m) with { Gases = gases }), f => f.Check == "gas-sum");
        Assert.Contains(Fresh(Diesel(2025, 2.2m) with { Gases = gases }), f => f.Check == "gas-sum" && f.ComparedWith.Contains("2.598", StringComparison.Ordinal));
    }

    [Fact]
    public void a_gas_nobody_knows_is_found() =>
        Assert.Contains(Planted(Diesel(2025, 2.6m) with { Gases = [new GasAmount("hfc-999", 0.1m, false)] }), f => f is { Check: "gas", Value: "hfc-999" });

    [Theory]
    [InlineData("2025-01-15", "2025-12-31")]
    [InlineData("2025-01-01", "2025-12-30")]
    [InlineData("2025-01-01", "2024-12-31")]
    public void a_validity_off_the_months_bounds_is_found(string from, string to) => Assert.Contains(
        Planted(Diesel(2025, 2.6m) with { ValidFrom = DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture), ValidTo = DateOnly.Parse(to, System.Globalization.CultureInfo.InvariantCulture) }),
        f => f.Check == "validity");

    [Theory]
    [InlineData("UK")]
    [InlineData("gb")]
    [InlineData("Great Britain")]
    [InlineData("group:EU")]
    public void a_place_that_is_no_region_is_found(string region) =>
        Assert.Contains(Planted(Diesel(2025, 2.6m) with { Region = region }), f => f.Check == "region");

    [Fact]
    public void an_id_of_another_edition_is_found() =>
        Assert.Contains(Planted(Diesel(2025, 2.6m) with { Id = "office:2024:diesel-again" }), f => f.Check == "id");

    [Fact]
    public void two_factors_that_answer_the_same_question_are_found() =>
        Assert.Contains(Planted(Diesel(2025, 2.6m), Diesel(2025, 2.7m) with { Id = "office:2025:gasoil" }), f => f is { Check: "ambiguous", Id: "office:2025:gasoil" });

    [Fact]
    public void a_refrigerant_that_is_no_warming_potential_is_found()
    {
        Factor R134a(string publisher, decimal co2e) => SmallLibrary.Factor(publisher, 2025, "r-134a", "refrigerant.r-134a", co2e, "kg", "world")
            with { Gases = publisher == "ipcc" ? [new GasAmount("hfc-134a", 1m, false)] : [] };
        small.With("ipcc", 2025, R134a("ipcc", 1300m)).With("office", 2025, R134a("office", 1300m)).With("bureau", 2025, R134a("bureau", 1750m));

        Assert.Equal(["bureau:2025:r-134a"], Run().Where(f => f.Check == "potential").Select(f => f.Id));
    }

    [Fact]
    public void what_a_reasoned_line_accepts_passes_and_a_line_for_nothing_is_found()
    {
        small.With("office", 2024, Diesel(2024, 2.5m)).With("office", 2025, Diesel(2025, 0m));
        small.Accept("zero,office:2025:die*,\"printed 0, looked up\"");
        Assert.Equal(["release"], Run().Select(f => f.Check));

        small.Accept("zero,office:2025:diesel,printed 0", "previous,office:2025:diesel,what was odd was mended");
        Assert.Equal(["accepted", "release"], Run().Select(f => f.Check));

        small.Accept("bounds,office:2025:diesel,another check");
        Assert.Equal(["zero", "accepted", "release"], Run().Select(f => f.Check));
    }

    [Fact]
    public void an_acceptance_without_a_reason_is_refused()
    {
        small.With("office", 2025, Diesel(2025, 2.6m));
        small.Accept("zero,office:2025:diesel,");

        Assert.Contains("reason", Assert.Throws<InvalidDataException>(Run).Message, StringComparison.Ordinal);
    }

    private List<Finding> Planted(params Factor[] factors)
    {
        small.With("office", 2024, Diesel(2024, 2.5m)).With("office", 2025, factors);
        return Run().FindAll(f => f.Check != "release");
    }

    private static List<Finding> Fresh(Factor factor)
    {
        using var fixture = new SmallLibrary();
        fixture.With("office", 2025, factor);
        return Firewall.Over(fixture.Data, fixture.Load()).Run().Failures.ToList();
    }

    private List<Finding> Run() => Firewall.Over(small.Data, small.Load()).Run().Failures.ToList();

    private static Factor Diesel(int year, decimal? co2e) => SmallLibrary.Factor("office", year, "diesel", "fuel.diesel", co2e, "L");
}
