using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors.Grids;

/// <summary>The committed tables of the grid publishers, and small editions of them read from a fixture.</summary>
internal static class GridTable
{
    public static readonly TheoryData<string> Publishers = ["jrc", "ember", "canada-nir", "india-cea"];

    public static string Folder(string publisher) => Path.Combine(Repository.Data, "factors", publisher);

    public static IReadOnlyList<DataRow> Rows(string publisher, string edition) =>
        DataFile.Rows(Path.Combine(Folder(publisher), edition + ".csv")).ToList();

    /// <summary>The row with this id, found in its edition's committed table.</summary>
    public static DataRow Row(string id)
    {
        var parts = id.Split(':');
        return Assert.Single(Rows(parts[0], parts[1]), row => row.Text("id") == id);
    }

    /// <summary>Reads a fixture as a first edition of the publisher, under its own committed rules.</summary>
    public static List<Factor> Read(Publication publication, string file, string? layout) =>
        publication.Read(new EditionSource(
            Edition.Load(Folder(publication.Publisher))[0] with { File = file, Layout = layout },
            [file],
            KindRules.Load(Path.Combine(Folder(publication.Publisher), "kinds.csv")))).ToList();

    public static string TextFile(string text)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, text);
        return path;
    }
}
