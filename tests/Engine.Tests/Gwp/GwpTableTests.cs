using OffGridFlow.Engine;

namespace OffGridFlow.Engine.Tests.Gwp;

public sealed class GwpTableTests
{
    private static readonly GwpTable Table = new(
    [
        new GwpRow("co2", 1, 1, 1, 1),
        new GwpRow("ch4", 21, 25, 28, 27.9m),
        new GwpRow("ch4-fossil", null, null, 30, 29.8m),
        new GwpRow("ammonia", 0, 0, 0, 0),
    ]);

    [Theory]
    [InlineData(GwpSet.Sar, "21")]
    [InlineData(GwpSet.Ar4, "25")]
    [InlineData(GwpSet.Ar5, "28")]
    [InlineData(GwpSet.Ar6, "27.9")]
    public void each_report_has_its_own_value(GwpSet set, string expected) =>
        Assert.Equal(decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), Table.Value("ch4", set));

    [Fact]
    public void a_gas_the_report_does_not_give_has_no_value_and_is_not_zero()
    {
        Assert.Null(Table.Value("ch4-fossil", GwpSet.Ar4));
        Assert.True(Table.Knows("ch4-fossil"));
    }

    [Fact]
    public void an_unknown_gas_has_no_value_and_is_told_from_a_known_one()
    {
        Assert.Null(Table.Value("phlogiston", GwpSet.Ar6));
        Assert.False(Table.Knows("phlogiston"));
    }

    [Fact]
    public void a_published_zero_is_a_value() => Assert.Equal(0, Table.Value("ammonia", GwpSet.Ar5));

    [Fact]
    public void a_gas_that_stands_twice_is_refused() =>
        Assert.Throws<ArgumentException>(() => new GwpTable([new GwpRow("co2", 1, 1, 1, 1), new GwpRow("co2", 1, 1, 1, 1)]));

    [Fact]
    public void a_negative_potential_is_refused() =>
        Assert.Throws<ArgumentException>(() => new GwpTable([new GwpRow("co2", 1, 1, -1, 1)]));
}
