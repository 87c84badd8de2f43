using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;

namespace OffGridFlow.App.Tests.Factors.Grids;

public sealed class GridTablesTests
{
    public static TheoryData<string> Publishers => GridTable.Publishers;

    [Theory]
    [InlineData("jrc", "2024", 5217)]
    [InlineData("ember", "2025", 6332)]
    [InlineData("canada-nir", "nir2019", 126)]
    [InlineData("canada-nir", "nir2020", 126)]
    [InlineData("canada-nir", "nir2021", 140)]
    [InlineData("canada-nir", "nir2022", 264)]
    [InlineData("india-cea", "v1.1", 74)]
    [InlineData("india-cea", "v1.2", 101)]
    public void every_figure_of_an_edition_is_in_its_table(string publisher, string edition, int figures) =>
        Assert.Equal(figures, GridTable.Rows(publisher, edition).Count);

    [Theory]
    [MemberData(nameof(Publishers))]
    public void no_two_factors_answer_the_same_question(string publisher)
    {
        foreach (var edition in Edition.Load(GridTable.Folder(publisher)))
        {
            var twice = GridTable.Rows(publisher, edition.Name)
                .GroupBy(row => (row.Text("kind"), row.Text("stage"), row.Text("region"), row.Text("valid_from"), row.Text("unit")))
                .Where(group => group.Count() > 1).Select(group => group.Key);

            Assert.Empty(twice);
        }
    }

    [Theory]
    [MemberData(nameof(Publishers))]
    public void every_factor_has_an_amount_a_known_unit_and_a_region(string publisher)
    {
        var units = DataFile.Rows(Path.Combine(Repository.Data, "units", "units.csv")).Select(row => row.Required("unit")).ToHashSet();
        foreach (var row in Edition.Load(GridTable.Folder(publisher)).SelectMany(edition => GridTable.Rows(publisher, edition.Name)))
        {
            Assert.True(row.Number("co2e") is not null || row.Text("gases") is not null, row.Text("id"));
            Assert.Contains(row.Required("unit"), units);
            Assert.Matches("^([A-Z]{2}(-[A-Z]{2})?|group:[a-z0-9-]+|world)$", row.Required("region"));
        }
    }

    [Theory]
    [MemberData(nameof(Publishers))]
    public void the_official_files_give_the_committed_tables_byte_for_byte(string publisher)
    {
        var sources = Repository.SourcesOrSkip();
        var data = Directory.CreateTempSubdirectory().FullName;
        Copy(Path.Combine("geo", "countries.csv"));
        Copy(Path.Combine("factors", publisher, "editions.csv"));
        Copy(Path.Combine("factors", publisher, "kinds.csv"));

        var built = BuildFactors.Run(data, sources, publisher).ToList();

        Assert.NotEmpty(built);
        foreach (var table in built.Select(edition => edition.Table))
        {
            Assert.Equal(File.ReadAllText(Path.Combine(GridTable.Folder(publisher), Path.GetFileName(table))), File.ReadAllText(table));
        }

        void Copy(string file)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(data, file))!);
            File.Copy(Path.Combine(Repository.Data, file), Path.Combine(data, file));
        }
    }
}
