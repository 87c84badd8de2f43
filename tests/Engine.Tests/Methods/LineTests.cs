using OffGridFlow.Engine.Methods;
using OffGridFlow.Engine.Tests.Support;

namespace OffGridFlow.Engine.Tests.Methods;

public sealed class LineTests
{
    private static Line AnyLine(Draw draw) => new(draw.Amount(-10_000, 10_000), draw.Amount(0, 5));

    [Fact]
    public void Twice_the_activity_is_twice_the_emissions() => Draw.Many(draw =>
    {
        var line = AnyLine(draw);

        Assert.Equal(2 * line.Emissions, new Line(2 * line.Quantity, line.Factor).Emissions);
    });

    [Fact]
    public void The_parts_of_an_activity_emit_what_the_whole_emits() => Draw.Many(draw =>
    {
        var (whole, part) = (AnyLine(draw), draw.Amount(-100, 100));

        Assert.Equal(whole.Emissions, Lines.Sum(new Line(part, whole.Factor), new Line(whole.Quantity - part, whole.Factor)));
    });

    [Fact]
    public void An_entry_and_its_reversal_are_nothing() => Draw.Many(draw =>
    {
        var line = AnyLine(draw);

        Assert.Equal(0m, Lines.Sum(line, line with { Quantity = -line.Quantity }));
    });

    [Fact]
    public void The_order_of_lines_does_not_change_their_sum() => Draw.Many(draw =>
    {
        var lines = draw.List(1, 30, AnyLine);

        Assert.Equal(Lines.Sum([.. lines]), Lines.Sum([.. draw.Shuffle(lines)]));
    });

    [Fact]
    public void Every_method_that_sums_is_linear() => Draw.Many(draw =>
    {
        var (tonnes, km, factor) = (draw.Amount(0, 100), draw.Amount(0, 5000), draw.Amount(0, 2));
        var (litres, density) = (draw.Amount(0, 1000), draw.Amount(0.5m, 1));

        Assert.Equal(3 * Freight.DistanceBased(new FreightLeg(tonnes, km, factor)), Freight.DistanceBased(new FreightLeg(3 * tonnes, km, factor)));
        Assert.Equal(3 * Travel.Flight(1, km, factor, Travel.DesnzUplift), Travel.Flight(3, km, factor, Travel.DesnzUplift));
        Assert.Equal(3 * Combustion.Mass(litres, density), Combustion.Mass(3 * litres, density));
        Assert.Equal(3 * Combustion.FromCarbon(litres, 0.99m), Combustion.FromCarbon(3 * litres, 0.99m), 20);
        Assert.Equal(3 * ProductUse.Direct(1000, tonnes, 0.5m, factor), ProductUse.Direct(1000, 3 * tonnes, 0.5m, factor));
    });
}
