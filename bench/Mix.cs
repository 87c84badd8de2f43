using System.Globalization;
using System.Text;

namespace OffGridFlow.Bench;

/// <summary>Rows as a company's year brings them: every scope, several units, places and months, in no order at all.</summary>
internal static class Mix
{
    // Any number does; a fixed one gives every run the same rows.
    private const int Seed = 20_250_101;
    private const int FirstYear = 2023;
    private const int Years = 3;

    /// <summary>They are called Site 1, Site 2 …</summary>
    public const int Sites = 200;

    /// <summary>Day of knowledge: by now every publication of the rows' years is out.</summary>
    public static readonly DateOnly AsOf = new(2026, 11, 1);

    private static readonly (string Kind, string Unit, string Regions, int Weight)[] Templates =
    [
        ("electricity.grid", "kWh", "GB US-CAMX US-NYUP AU-NSW AU-VIC DE FR IN CA-ON PL", 8),
        ("electricity.grid", "MWh", "GB ES US IT", 2),
        ("fuel.natural-gas", "kWh (gross)", "GB", 2),
        ("fuel.natural-gas", "therm", "US", 1),
        ("fuel.natural-gas", "m3", "GB", 1),
        ("fuel.diesel", "litre", "GB AU US DE", 3),
        ("fuel.diesel", "gal-us", "US", 1),
        ("fuel.petrol", "litre", "GB US", 2),
        ("fuel.lpg", "kg", "GB", 1),
        ("fuel.fuel-oil", "tonne", "GB", 1),
        ("fuel.coal.industrial", "tonne", "GB", 1),
        ("fuel.wood-pellets", "tonne", "GB", 1),
        ("heat.district", "kWh", "GB", 1),
        ("refrigerant.r-134a", "kg", "GB", 1),
        ("refrigerant.r-410a", "kg", "US", 1),
        ("goods.spend.naics-541511", "USD", "US", 2),
        ("goods.spend.naics-325211", "USD", "US", 1),
        ("goods.spend.naics-541511", "GBP", "GB", 1),
        ("goods.material.steel", "tonne", "GB", 1),
        ("freight.road.hgv", "tonne.km", "GB US", 2),
        ("freight.sea.container", "tonne.km", "GB", 1),
        ("freight.rail", "tonne.km", "GB", 1),
        ("waste.mixed-commercial.landfill", "tonne", "GB", 1),
        ("waste.paper.recycling", "tonne", "GB", 1),
        ("water.supply", "m3", "GB", 1),
        ("travel.air.long-haul.economy", "passenger-km", "GB", 1),
        ("travel.rail.national", "passenger-km", "GB", 1),
        ("travel.car.petrol", "km", "GB", 1),
        ("travel.hotel", "room-night", "GB", 1),
        ("commute.car.average", "km", "GB", 1),
    ];

    /// <summary>A row with every name looked up, as the engine is given it.</summary>
    public readonly record struct Row(Kind Kind, Unit Unit, string? Region, int Month, decimal Quantity)
    {
        public PlanKey Key => new(Kind, Unit, Region, Month, 0);
    }

    private readonly record struct Drawn((string Kind, string Unit, string Regions, int Weight) Template, string Region, int Year, int Month, decimal Quantity, int Site);

    /// <summary>The rows as structs. Money is taken to be in the factor's currency and price year.</summary>
    public static Row[] Rows(int count, ReferenceData data)
    {
        var kinds = Templates.Select(template => template.Kind).Distinct().ToDictionary(key => key, key => data.Kinds.Find(key) ?? throw new InvalidDataException($"There is no kind {key}."));
        var units = Templates.Select(template => template.Unit).Distinct().ToDictionary(name => name, name => data.Units.Find(name).Unit ?? throw new InvalidDataException($"There is no unit {name}."));
        var regions = Templates.SelectMany(template => template.Regions.Split(' ')).Distinct().ToDictionary(code => code, code => data.Regions.Find(code) ?? throw new InvalidDataException($"There is no region {code}."));
        var rows = new Row[count];
        var i = 0;
        foreach (var row in Draw(count))
        {
            var unit = row.Template.Unit == "GBP" ? "USD" : row.Template.Unit;
            rows[i++] = new Row(kinds[row.Template.Kind], units[unit], regions[row.Region], (row.Year * 12) + row.Month - 1, row.Quantity);
        }

        return rows;
    }

    /// <summary>The same rows as a file.</summary>
    public static void WriteCsv(string path, int count)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20) { NewLine = "\n" };
        writer.WriteLine("id,kind,quantity,unit,region,start,end,facility");
        var i = 0;
        foreach (var row in Draw(count))
        {
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"A{i++:0000000},{row.Template.Kind},{row.Quantity},{row.Template.Unit},{row.Region},{row.Year}-{row.Month:00}-01,{row.Year}-{row.Month:00}-{DateTime.DaysInMonth(row.Year, row.Month)},Site {row.Site}"));
        }
    }

    private static IEnumerable<Drawn> Draw(int count)
    {
        var random = new Random(Seed);
        var weighted = Templates.SelectMany(template => Enumerable.Repeat((Template: template, Regions: template.Regions.Split(' ')), template.Weight)).ToArray();
        for (var i = 0; i < count; i++)
        {
            var (template, regions) = weighted[random.Next(weighted.Length)];
            yield return new Drawn(
                template,
                regions[random.Next(regions.Length)],
                FirstYear + random.Next(Years),
                1 + random.Next(12),
                new decimal(random.Next(1, 10_000_000), 0, 0, false, 2),
                1 + random.Next(Sites));
        }
    }
}
