using OffGridFlow.Factors.Publications;

namespace OffGridFlow.Factors.Reference.Tables;

/// <summary>data/geo/subdivisions.csv: ISO 3166-2 subdivisions as UN/LOCODE lists them (UNECE; PDDL collection).</summary>
internal sealed class SubdivisionsTable : ReferenceTable
{
    public override string Name => "subdivisions";

    public override IEnumerable<(string Path, int Rows)> Build(string dataFolder, string sourceFolder)
    {
        var rows = DataFile.Rows(Path.Combine(sourceFolder, "codes", "country", "un-locode-subdivision-codes.csv"))
            .Where(row => row.Text("SUCode") is not null)
            .DistinctBy(row => (row.Required("SUCountry"), row.Required("SUCode")))
            .Select(row => new[] { $"{row.Required("SUCountry")}-{row.Required("SUCode")}", row.Text("SUName") ?? "" });
        yield return TableFile.WriteKeyed(Path.Combine(dataFolder, "geo", "subdivisions.csv"), "code,name", 1, rows);
    }
}
