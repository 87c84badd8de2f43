using OffGridFlow.Engine;
using OffGridFlow.Factors;

namespace OffGridFlow.App.Tests.Support;

/// <summary>A data folder of its own: the product's units, places, potentials and checks, and the few factors a test writes.</summary>
internal sealed class SmallLibrary : IDisposable
{
    private const string EditionsHeader = "edition,file,title,author,published,valid_from,valid_to,gwp,licence,attribution,url,layout";

    public SmallLibrary()
    {
        Data = Directory.CreateTempSubdirectory("offgridflow").FullName;
        foreach (var file in new[] { "units", "geo", "gwp", "checks", "kinds" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Data, folder), "*.csv")))
        {
            var copy = Path.Combine(Data, Path.GetRelativePath(Repository.Data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Directory.CreateDirectory(Path.Combine(Data, "factors"));
    }

    public string Data { get; }

    /// <summary>Writes an edition of a publisher; called again for the next edition, published a year later than its year.</summary>
    public SmallLibrary With(string publisher, int year, params Factor[] factors)
    {
        var folder = Path.Combine(Data, "factors", publisher);
        Directory.CreateDirectory(folder);
        var editions = Path.Combine(folder, "editions.csv");
        if (!File.Exists(editions))
        {
            File.WriteAllText(editions, EditionsHeader + "\n");
        }

        File.AppendAllText(editions, FormattableString.Invariant(
            $"{year},source.xlsx,Factors {year},An Office,{year}-06-01,{year}-01-01,{year}-12-31,ar5,OGL,Thanks to the Office.,https://example.org/{year},\n"));
        FactorTable.Write(Path.Combine(folder, FormattableString.Invariant($"{year}.csv")), factors);
        return this;
    }

    public FactorLibrary Load() => FactorLibrary.Load(Data);

    public void Accept(params string[] lines) =>
        File.WriteAllLines(Path.Combine(Data, "factors", "accepted.csv"), lines.Prepend("check,id_or_pattern,reason"));

    /// <summary>A factor of an edition of the Office, kg CO2e per unit.</summary>
    public static Factor Factor(string publisher, int year, string row, string kind, decimal? co2e, string unit, string region = "GB", Stage stage = Stage.Direct) => new()
    {
        Id = FormattableString.Invariant($"{publisher}:{year}:{row}"),
        Kind = kind,
        Name = row,
        Stage = stage,
        Region = region,
        ValidFrom = new DateOnly(year, 1, 1),
        ValidTo = new DateOnly(year, 12, 31),
        Unit = unit,
        Co2e = co2e,
        Gwp = GwpSet.Ar5,
        Locator = "Table 1, row 1",
    };

    public void Dispose() => Directory.Delete(Data, recursive: true);
}
