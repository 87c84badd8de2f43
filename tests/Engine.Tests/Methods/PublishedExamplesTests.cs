using OffGridFlow.Engine.Tests.Support;

namespace OffGridFlow.Engine.Tests.Methods;

public sealed class PublishedExamplesTests
{
    public static IEnumerable<TheoryDataRow<string>> Ids => Vector.All.Keys.Select(id => new TheoryDataRow<string>(id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void An_example_gives_what_its_source_says(string id)
    {
        var vector = Vector.All[id];
        var inputs = new Inputs(vector.Inputs);

        var found = EngineMethods.ByName[vector.Method](inputs);

        Assert.True(
            Math.Abs(found - vector.Expected) <= Math.Max(vector.Tolerance, 1e-15m * Math.Abs(vector.Expected)),
            $"{vector.Source}: {vector.Method}({vector.Inputs}) gives {found}, not {vector.Expected} ± {vector.Tolerance}.");
        Assert.Empty(inputs.NeverAsked());
    }

    [Fact]
    public void At_least_150_examples_were_seen_in_print()
    {
        Assert.True(Vector.All.Values.Count(v => !v.IsConstructed && !v.IsSpotProduct && !v.IsRecalled) >= 150);
    }

    [Fact]
    public void Every_example_names_its_source()
    {
        Assert.All(Vector.All.Values, vector => Assert.NotEmpty(vector.Source));
    }

    [Fact]
    public void Every_method_has_an_example()
    {
        Assert.Empty(EngineMethods.ByName.Keys.Except(Vector.All.Values.Select(vector => vector.Method), StringComparer.Ordinal));
    }
}
