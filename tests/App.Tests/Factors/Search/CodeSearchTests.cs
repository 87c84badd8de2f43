using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors.Reference;
using OffGridFlow.Factors.Search;

namespace OffGridFlow.App.Tests.Factors.Search;

/// <summary>A customs or product code leads to factors by what its classification calls it.</summary>
public sealed class CodeSearchTests
{
    private static readonly CodeSearch Codes = new(FactorSearch.Over(Repository.Data, Product.Data.Library), new Concordances(Repository.Data));

    [Theory]
    [InlineData("hs:7606", "hs-2022", "goods.material.aluminium")]
    [InlineData("7606", "hs-2022", "goods.material.aluminium")]
    [InlineData("24.10", "cpa-2.1", "goods.spend.naics-331110")]
    [InlineData("cn:2523 10 00", "cn-2023", "process.cement-clinker")]
    public void a_code_finds_what_its_title_says(string text, string classification, string kind)
    {
        var code = Codes.Title(text);

        Assert.Equal(classification, code?.Classification);
        Assert.Contains(Codes.Find(code!, null, 5), hit => hit.Latest.Kind == kind);
    }

    [Theory]
    [InlineData("diesel")]
    [InlineData("hs:7777")]
    [InlineData("")]
    public void what_is_no_code_has_no_title(string text) => Assert.Null(Codes.Title(text));
}
