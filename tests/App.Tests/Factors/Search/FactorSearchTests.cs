using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Search;

namespace OffGridFlow.App.Tests.Factors.Search;

public sealed class FactorSearchTests
{
    private static readonly FactorLibrary Library = FactorLibrary.Load(Repository.Data);
    private static readonly FactorSearch Search = FactorSearch.Over(Repository.Data, Library);

    [Theory]
    [InlineData("electricity.grid", "electricity.grid", null)]
    [InlineData("electricity germany", "electricity.grid", "DE")]
    [InlineData("germany electricity", "electricity.grid", "DE")]
    [InlineData("elektricity germany", "electricity.grid", "DE")]
    [InlineData("strom Deutschland", "electricity.grid", "DE")]
    [InlineData("erdgas", "fuel.natural-gas", null)]
    [InlineData("diesl", "fuel.diesel", null)]
    [InlineData("r134a", "refrigerant.r-134a", null)]
    [InlineData("541511", "goods.spend.naics-541511", "US")]
    [InlineData("naics:541511", "goods.spend.naics-541511", "US")]
    [InlineData("landfil paper", "waste.paper.landfill", null)]
    [InlineData("busines class long haul flight", "travel.air.long-haul.business", "GB")]
    [InlineData("wood pelets", "fuel.wood-pellets", null)]
    public void the_first_hit_is_what_was_meant(string text, string kind, string? region)
    {
        var first = Search.Find(text)[0].Latest;

        Assert.Equal(kind, first.Kind);
        Assert.True(region is null || first.Region == region, first.Region);
    }

    [Fact]
    public void what_a_place_lacks_is_found_around_it_and_in_its_stand_ins() =>
        Assert.Equal(["fuel.natural-gas"], Search.Find("natural gas germany", limit: 3).Select(hit => hit.Latest.Kind).Distinct());

    [Fact]
    public void editions_are_one_hit_with_the_latest()
    {
        var hits = Search.Find("fuel.diesel", "GB");

        var own = Assert.Single(hits, hit => hit.Latest is { Kind: "fuel.diesel", Region: "GB" });
        Assert.Equal("desnz:2025", own.Latest.Edition.Key);
        Assert.True(own.Editions >= 10 && own.Factors > own.Editions);
    }

    [Fact]
    public void a_region_keeps_the_hits_of_the_place_its_country_and_the_world() =>
        Assert.Subset(new HashSet<string> { "AU-NSW", "AU", "world" }, Search.Find("electricity", "AU-NSW", 50).Select(hit => hit.Latest.Region).ToHashSet());

    [Fact]
    public void a_code_with_a_digit_off_is_another_code() =>
        Assert.DoesNotContain(Search.Find("541519"), hit => hit.Latest.Kind == "goods.spend.naics-541511");

    [Fact]
    public void a_text_like_nothing_finds_nothing() => Assert.Empty(Search.Find("qwxyzzy"));
}
