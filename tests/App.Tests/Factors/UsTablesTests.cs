using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;

namespace OffGridFlow.App.Tests.Factors;

/// <summary>What holds for every committed table of eGRID, the EPA hub and the EPA supply chain factors.</summary>
public sealed class UsTablesTests
{
    [Theory]
    [InlineData("epa-hub", 1740)]
    [InlineData("egrid", 334)]
    [InlineData("epa-supply-chain", 2032)]
    public void every_usable_row_of_the_publications_is_there(string publisher, int factors) =>
        Assert.Equal(factors, UsTables.Editions(publisher).Sum(edition =>
            UsTables.Rows(publisher, edition.Name).Count(row => row.Text("co2e") is not null || row.Text("gases") is not null)));

    [Fact]
    public void no_two_factors_of_an_edition_answer_for_the_same_kind_stage_region_and_unit()
    {
        foreach (var publisher in UsTables.Publishers)
        {
            foreach (var edition in UsTables.Editions(publisher))
            {
                var twice = UsTables.Rows(publisher, edition.Name)
                    .GroupBy(row => (row.Text("kind"), row.Text("stage"), row.Text("region"), row.Text("unit")))
                    .Where(group => group.Count() > 1)
                    .Select(group => $"{edition.Key} {group.Key}");

                Assert.Empty(twice);
            }
        }
    }

    [Fact]
    public void every_unit_is_one_of_ours_or_a_currency()
    {
        var units = DataFile.Rows(Path.Combine(Repository.Data, "units", "units.csv")).Select(row => row.Required("unit")).Append("USD").ToHashSet(StringComparer.Ordinal);

        foreach (var publisher in UsTables.Publishers)
        {
            foreach (var edition in UsTables.Editions(publisher))
            {
                Assert.All(UsTables.Rows(publisher, edition.Name), row => Assert.Contains(row.Required("unit"), units));
            }
        }
    }

    [Theory]
    [InlineData("epa-hub")]
    [InlineData("egrid")]
    [InlineData("epa-supply-chain")]
    public void the_official_files_give_the_committed_tables_byte_for_byte(string publisher)
    {
        var sources = Repository.SourcesOrSkip();
        var committed = Path.Combine(Repository.Data, "factors", publisher);
        var built = Directory.CreateTempSubdirectory("us-tables");
        var folder = Directory.CreateDirectory(Path.Combine(built.FullName, "factors", publisher)).FullName;
        foreach (var file in new[] { "editions.csv", "kinds.csv" })
        {
            File.Copy(Path.Combine(committed, file), Path.Combine(folder, file));
        }

        foreach (var edition in BuildFactors.Run(built.FullName, sources, publisher))
        {
            Assert.Equal(
                File.ReadAllBytes(Path.Combine(committed, Path.GetFileName(edition.Table))), File.ReadAllBytes(edition.Table));
        }

        built.Delete(recursive: true);
    }
}
