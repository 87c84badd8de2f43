using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Factors;

public sealed class KindNamesTests
{
    [Theory]
    [InlineData("Fernwärme", "heat.district")]
    [InlineData("HEIZÖL", "fuel.gas-oil")]
    [InlineData("Restmüll", "waste.mixed-commercial.landfill")]
    [InlineData("Électricité", "electricity.grid")]
    public void a_synonym_is_found_with_its_accents(string written, string kind) =>
        Assert.Equal(kind, KindTable.Load(Repository.Data, _ => false).Find(written)?.Key);
}
