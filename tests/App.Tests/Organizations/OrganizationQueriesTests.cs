using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations;

namespace OffGridFlow.App.Tests.Organizations;

/// <summary>What other modules are told: shares at a day, names in files.</summary>
public sealed class OrganizationQueriesTests
{
    private static readonly Entity Held = new(
        Guid.NewGuid(), "E", "Entity", "GB", null, false,
        [
            new DatedShare(new DateOnly(2023, 4, 1), 0.4m, FinancialControl.None, false),
            new DatedShare(new DateOnly(2024, 7, 1), 0.5m, FinancialControl.Joint, true),
            new DatedShare(new DateOnly(2025, 1, 1), 0.6m, FinancialControl.Sole, true),
        ]);

    [Theory]
    [InlineData("2023-03-31", "equity_share", "0")]
    [InlineData("2023-04-01", "equity_share", "0.4")]
    [InlineData("2024-06-30", "equity_share", "0.4")]
    [InlineData("2024-07-01", "equity_share", "0.5")]
    [InlineData("2025-12-31", "equity_share", "0.6")]
    [InlineData("2023-03-31", "operational_control", "0")]
    [InlineData("2024-06-30", "operational_control", "0")]
    [InlineData("2024-07-01", "operational_control", "1")]
    [InlineData("2023-04-01", "financial_control", "0")]
    [InlineData("2024-07-01", "financial_control", "0.5")]
    [InlineData("2025-01-01", "financial_control", "1")]
    public void a_share_is_that_of_the_day_under_the_boundary(string day, string boundary, string share)
    {
        Assert.Equal(decimal.Parse(share, System.Globalization.CultureInfo.InvariantCulture), Held.Share(boundary, Product.Day(day)));
        Assert.False(Held.SharesAssumed);
    }

    [Fact]
    public void an_entity_nobody_has_given_shares_counts_whole_and_says_so()
    {
        var unsaid = Held with { Shares = [] };

        Assert.All(Policy.Boundaries, boundary => Assert.Equal(1m, unsaid.Share(boundary, new DateOnly(2020, 1, 1))));
        Assert.True(unsaid.SharesAssumed);
        Assert.Throws<ArgumentOutOfRangeException>(() => Held.Share("control", new DateOnly(2025, 1, 1)));
    }

    [Fact]
    public void a_file_names_a_facility_by_code_or_name_and_a_name_of_two_is_nobody_s()
    {
        var (north, south, gone) = (Site("NORTH", "Depot"), Site("SOUTH", "depot "), Site("GONE", "Old works") with { IsDeleted = true });
        var names = new CodesAndNames<Facility>([north, south, gone, Site("DEPOT-3", "Third depot")]);

        Assert.Same(north, names.Find(" north ", out var matches));
        Assert.Equal(1, matches);
        Assert.Null(names.Find("Depot", out matches));
        Assert.Equal(2, matches);
        Assert.Equal("DEPOT-3", names.Find("third depot", out _)?.Code);
        Assert.Null(names.Find("Old works", out matches));
        Assert.Equal(0, matches);
        Assert.Same(gone, names.Find(gone.FacilityId));
        Assert.Equal(3, names.All.Count);
    }

    [Fact]
    public void policies_are_equal_when_their_figures_and_preferences_are()
    {
        var one = Policy.Default(new DateOnly(2026, 1, 1)) with { SourcePreference = SourcePreference.Read("""{"GB": ["desnz"], "DE": ["jrc", "ember"]}""") };
        var same = Policy.Default(new DateOnly(2026, 1, 1)) with { SourcePreference = SourcePreference.Read("""{"DE": ["jrc", "ember"], "GB": ["desnz"]}""") };

        Assert.Equal(one, same);
        Assert.Equal(["jrc", "ember"], one.SourcePreference.For("DE"));
        Assert.NotEqual(one, same with { SourcePreference = SourcePreference.None });
    }

    private static Facility Site(string code, string name) => new(Guid.NewGuid(), Guid.NewGuid(), code, name, null, null, false);
}
