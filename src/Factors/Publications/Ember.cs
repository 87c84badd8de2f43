using System.Globalization;

namespace OffGridFlow.Factors.Publications;

/// <summary>
/// Carbon intensity of electricity generation, life cycle, in g CO2e/kWh: Ember's yearly figures as Our World in Data
/// publishes them. A last resort: the figures include what the Scope 2 factor of a grid leaves out.
/// </summary>
/// <remarks>Rules match <c>entity &gt; code</c>; where a rule names no region the code is an ISO 3166-1 alpha-3 one.</remarks>
internal sealed class Ember : Publication
{
    private const string Intensity = "Carbon intensity of electricity per kWh";

    public override string Publisher => "ember";

    public override IEnumerable<Factor> Read(EditionSource source)
    {
        var countries = Countries.Load(Path.Combine(source.Rules.Folder, "..", "..", "geo", "countries.csv"));
        foreach (var row in DataFile.Rows(source.File))
        {
            if (row.Number(Intensity) is not { } grams)
            {
                continue;
            }

            var entity = row.Required("Entity");
            var code = row.Text("Code");
            var year = (int)(row.Number("Year") ?? throw row.Bad("Year", "is empty"));
            var match = source.Rules.Match(entity, code);
            yield return new Factor
            {
                Id = source.Id(string.Create(CultureInfo.InvariantCulture, $"{KindRules.Slug(code ?? entity)}-{year}")),
                Kind = match.Kind,
                Name = string.Create(CultureInfo.InvariantCulture, $"Grid electricity, {entity}, {year} (life cycle)"),
                Stage = match.Stage,
                Region = match.Region ?? countries.Alpha2(code ?? "") ?? throw row.Bad("Code", $"'{code}' ({entity}) is no country's code; add a rule that names its region"),
                ValidFrom = new DateOnly(year, 1, 1),
                ValidTo = new DateOnly(year, 12, 31),
                Unit = "kWh",
                Co2e = grams / 1000m,
                Gwp = source.Edition.Gwp,
                Fallback = match.Stage == Stage.LifeCycle,
                Locator = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(source.File)}, line {row.Line}"),
            };
        }
    }
}
