using System.Diagnostics;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Search;

namespace OffGridFlow.App.Tests.Factors.Search;

/// <summary>Times are taken while no other test runs.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class FactorSearchSpeedTests
{
    [Theory]
    [InlineData("natural gas")]
    [InlineData("elektricity germany")]
    [InlineData("busines flight economy long haul")]
    [InlineData("refridgerant r410a")]
    public void an_answer_takes_less_than_50_milliseconds(string text)
    {
        var search = FactorSearch.Over(Repository.Data, FactorLibrary.Load(Repository.Data));
        search.Find(text);

        var fastest = Enumerable.Range(0, 5).Min(_ =>
        {
            var watch = Stopwatch.StartNew();
            search.Find(text);
            return watch.Elapsed.TotalMilliseconds;
        });

        Assert.InRange(fastest, 0, 50);
    }
}
