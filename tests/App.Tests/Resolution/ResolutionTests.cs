using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Resolution;

/// <summary>Which factor an activity gets: by place, date, knowledge and source, and what is said when nothing fits exactly.</summary>
public sealed class ResolutionTests
{
    [Theory]
    [InlineData("electricity.grid", "kWh", "GB", "2025", "desnz:2025", Tier.Country)]
    [InlineData("electricity.grid", "kWh", "GB", "2019-03-31", "desnz:2019", Tier.Country)]
    [InlineData("electricity.grid", "kWh", "AU-NSW", "2025", "nga:2025", Tier.Subnational)]
    [InlineData("electricity.grid", "kWh", "US-CAMX", "2023", "egrid:2023", Tier.Subnational)]
    [InlineData("electricity.grid", "kWh", "US-CA", "2023", "egrid:2023", Tier.Country)]
    [InlineData("electricity.grid", "kWh", "DE", "2015", "jrc:2024", Tier.Country)]
    [InlineData("goods.food.13712", "kg", "FR", "2024", "agribalyse:3.0.1", Tier.Country)]
    public void the_nearest_place_and_the_edition_of_the_date_win(string kind, string unit, string region, string date, string edition, Tier tier)
    {
        var estimate = Product.Estimator().Estimate(Product.Activity(kind, 1m, unit, region, date));

        Assert.Equal(Disposition.Calculated, estimate.Disposition);
        Assert.Equal(edition, estimate.Entries[0].Plan.Edition);
        Assert.Equal(tier, estimate.Entries[0].Plan.Tier);
    }

    [Fact]
    public void an_edition_published_after_the_day_of_knowledge_does_not_exist_yet()
    {
        var activity = Product.Activity("electricity.grid", 1m, "kWh", "GB", "2025");

        var then = Product.Estimator(asOf: "2025-03-01").Estimate(activity);
        var now = Product.Estimator().Estimate(activity);

        Assert.Equal(("desnz:2024", Disposition.Estimated), (then.Entries[0].Plan.Edition, then.Disposition));
        Assert.Contains(then.Notes, note => note.Code == "factor.other-year");
        Assert.Equal(("desnz:2025", Disposition.Calculated), (now.Entries[0].Plan.Edition, now.Disposition));
    }

    [Fact]
    public void the_published_policy_takes_the_latest_edition_whatever_the_date()
    {
        var estimate = Product.Estimator(policy: DatePolicy.Published, asOf: "2024-12-31").Estimate(Product.Activity("fuel.diesel", 1m, "L", "GB", "2019"));

        Assert.Equal("desnz:2024", estimate.Entries[0].Plan.Edition);
    }

    [Fact]
    public void a_factor_of_another_place_makes_an_estimate_and_is_named()
    {
        var estimate = Product.Estimator().Estimate(Product.Activity("fuel.diesel", 1m, "L", "DE", "2025"));

        Assert.Equal(Disposition.Estimated, estimate.Disposition);
        Assert.Equal(Tier.World, estimate.Entries[0].Plan.Tier);
        Assert.Contains(estimate.Notes, note => note.Code == "factor.proxy" && note.Text.Contains("GB stands in", StringComparison.Ordinal));
    }

    [Fact]
    public void a_place_with_only_a_life_cycle_grid_average_has_no_category_3_beside_it()
    {
        var estimate = Product.Estimator().Estimate(Product.Activity("electricity.grid", 1m, "kWh", "ZA", "2023"));

        Assert.Equal(Disposition.Estimated, estimate.Disposition);
        Assert.Equal("ember:2025", estimate.Entries[0].Plan.Edition);
        Assert.DoesNotContain(estimate.Entries, entry => entry.Plan.Scope == 3);
        Assert.Contains(estimate.Notes, note => note.Code == "factor.life-cycle");
    }

    [Fact]
    public void consumption_based_factors_hold_the_losses_so_none_are_added()
    {
        var germany = Product.Estimator().Estimate(Product.Activity("electricity.grid", 1m, "kWh", "DE", "2017"));
        var britain = Product.Estimator().Estimate(Product.Activity("electricity.grid", 1m, "kWh", "GB", "2017"));

        Assert.Equal("jrc:2024", germany.Entries[0].Plan.Edition);
        Assert.DoesNotContain(germany.Entries, entry => entry.Plan.Role.EndsWith("transmission-loss", StringComparison.Ordinal));
        Assert.Contains(britain.Entries, entry => entry.Plan.Role == "transmission-loss");
    }

    [Fact]
    public void australias_one_figure_for_upstream_and_losses_stands_alone_in_category_3()
    {
        var estimate = Product.Estimator().Estimate(Product.Activity("electricity.grid", 1m, "kWh", "AU-NSW", "2025"));

        Assert.Equal(["upstream-and-transmission-loss"], estimate.Entries.Where(entry => entry.Plan.Scope == 3).Select(entry => entry.Plan.Role));
        Assert.Equal(0.81m, estimate.Entries.Single(entry => entry.Plan.Basis == Basis.Market).Amounts.Co2eKg);
    }

    [Fact]
    public void an_energy_content_of_the_publication_brings_litres_to_a_factor_per_gigajoule()
    {
        var estimate = Product.Estimator().Estimate(Product.Activity("fuel.diesel", 1000m, "L", "AU", "2025"));

        // NGA 2025 table 8: 38.6 GJ/kL, 70.2 kg CO2-e/GJ.
        Assert.Equal(38.6m * 70.2m, estimate.Entries[0].Amounts.Co2eKg);
        Assert.Contains("38.6 GJ-gross/m3", estimate.Entries[0].Plan.UnitStep, StringComparison.Ordinal);
    }

    [Fact]
    public void a_unit_no_factor_can_be_reached_from_is_a_problem_that_names_both_dimensions()
    {
        var estimate = Product.Estimator().Estimate(Product.Activity("electricity.grid", 1m, "kg", "GB", "2025"));

        Assert.Equal(Disposition.Rejected, estimate.Disposition);
        Assert.Equal(("unit.dimension", "kg (mass)"), (estimate.Problem!.Code, estimate.Problem.Found));
        Assert.Contains("energy", estimate.Problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void every_candidate_passed_over_has_a_reason()
    {
        var activity = Product.Activity("electricity.grid", 1m, "kWh", "GB", "2025");
        var taken = Product.Estimator().Estimate(activity).Entries[0].Plan.Factor!;

        var (_, _, rejected) = Product.Estimator().Candidates(activity).First(c => c.Basis == Basis.Location);

        Assert.DoesNotContain(rejected, candidate => candidate.Row == taken);
        Assert.All(rejected, candidate => Assert.NotEmpty(candidate.Reason));
        Assert.Contains(rejected, candidate => candidate.Row.Edition.Key == "desnz:2024" && candidate.Reason.Contains("valid from 2024-01-01", StringComparison.Ordinal));
    }

    [Fact]
    public void biogenic_co2_printed_in_a_table_of_its_own_joins_its_entry()
    {
        var estimate = Product.Estimator().Estimate(Product.Activity("fuel.diesel", 100m, "L", "GB", "2025"));
        var direct = estimate.Entries.Single(entry => entry.Plan.Role == "direct");

        Assert.NotNull(direct.Plan.BiogenicFactor);
        Assert.Equal(100m * direct.Plan.BiogenicFactor.Factor.BiogenicCo2!.Value, direct.Amounts.BiogenicCo2Kg);
    }
}
