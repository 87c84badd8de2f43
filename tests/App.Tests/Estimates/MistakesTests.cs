using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Estimates;

/// <summary>A spreadsheet with every mistake that people make: each is named, with its row, column, what stood there and what to do.</summary>
public sealed class MistakesTests
{
    private const string Header =
        "id,kind,quantity,unit,region,start,end,quality,factor,factor_value,instrument,instrument_quantity,from,to,class,share,occupancy,leak_rate,price_year,lifetime_years,kwh_per_year,energy_intensity";

    // Cells by column; what the row must be rejected with: code, column, found, part of expected, part of fix.
    private static readonly (string Cells, string Code, string Column, string Found, string Expected, string Fix)[] Mistakes =
    [
        ("kind=electricty.grid;quantity=100;unit=kWh;region=GB", "kind.unknown", "kind", "electricty.grid", "a kind", "electricity.grid"),
        ("quantity=100;unit=kWh;region=GB", "kind.missing", "kind", "(blank)", "electricity.grid", "kinds list"),
        ("kind=electricity.grid;unit=kWh;region=GB;start=2025", "number.blank", "quantity", "", "a number", "write 0"),
        ("kind=electricity.grid;quantity=abc;unit=kWh;region=GB", "number.malformed", "quantity", "abc", "a number", "digits"),
        ("kind=electricity.grid;quantity=1,234.5.6;unit=kWh;region=GB", "number.malformed", "quantity", "1,234.5.6", "a number", "decimal mark"),
        ("kind=electricity.grid;quantity=100 kWh;unit=kWh;region=GB", "number.unit", "quantity", "100 kWh", "a number", "unit column"),
        ("kind=electricity.grid;quantity=#REF!;unit=kWh;region=GB", "cell.error", "quantity", "#REF!", "a number", "formula"),
        ("kind=electricity.grid;quantity=1e400;unit=kWh;region=GB", "number.too-long", "quantity", "1e400", "28 digits", "fewer digits"),
        ("kind=electricity.grid;quantity=1e16;unit=kWh;region=GB", "number.too-large", "quantity", "1e16", "10^15", "larger unit"),
        ("kind=electricity.grid;quantity=100;region=GB", "unit.missing", "unit", "(blank)", "energy", "measured in"),
        ("kind=electricity.grid;quantity=100;unit=kWj;region=GB", "unit.unknown", "unit", "kWj", "a unit", "kWh"),
        ("kind=electricity.grid;quantity=100;unit=litre;region=GB", "unit.dimension", "unit", "L (volume)", "energy", "electricity.grid"),
        ("kind=fuel.diesel;quantity=100;unit=gallon;region=GB", "unit.ambiguous", "unit", "gallon", "gal-us or gal-uk", "gal-us or gal-uk"),
        ("kind=fuel.coal.industrial;quantity=1;unit=ton;region=US", "unit.ambiguous", "unit", "ton", "short-ton", "long-ton"),
        ("kind=electricity.grid;quantity=100;unit=kWh;region=Atlantis", "region.unknown", "region", "Atlantis", "ISO 3166-1", "region"),
        ("kind=electricity.grid;quantity=100;unit=kWh;region=GB;start=2025-13-01", "date.impossible", "start", "2025-13-01", "calendar", "date"),
        ("kind=electricity.grid;quantity=100;unit=kWh;region=GB;start=2025-02-30", "date.impossible", "start", "2025-02-30", "calendar", "date"),
        ("kind=electricity.grid;quantity=100;unit=kWh;region=GB;start=2025-02-01;end=2025-01-31", "date.order", "end", "2025-01-31", "2025-02-01", "start or end"),
        ("kind=electricity.grid;quantity=100;unit=kWh;region=GB;quality=9", "quality.unknown", "quality", "9", "1 (measured)", "blank"),
        ("kind=electricity.grid;quantity=100;unit=kWh;region=GB;factor=desnz:2025:nope", "factor.unknown", "factor", "desnz:2025:nope", "library", "factors search"),
        ("kind=electricity.grid;quantity=100;unit=kWh;region=GB;instrument=supplier;factor_value=cheap", "number.malformed", "factor_value", "cheap", "a number", "digits"),
        ("kind=goods.material.steel;quantity=1;unit=t;region=GB;factor_value=-20", "number.range", "factor_value", "-20", "0 or more", "factor_value"),
        ("kind=electricity.grid;quantity=100;unit=kWh;region=GB;instrument=wish;factor_value=0", "instrument.unknown", "instrument", "wish", "certificate", "instrument"),
        ("kind=electricity.grid;quantity=100;unit=kWh;region=GB;instrument=certificate", "instrument.rate-missing", "factor_value", "(blank)", "kg CO2e per kWh", "factor_value"),
        ("kind=electricity.grid;quantity=100;unit=kWh;region=GB;instrument=ppa;factor_value=0;instrument_quantity=150", "instrument.over-claimed", "instrument_quantity", "150", "at most the row's 100 kWh", "consumed"),
        ("kind=electricity.grid;quantity=100;unit=kWh;region=GB;instrument=none;factor_value=0.1", "instrument.rate-unused", "factor_value", "0.1", "no rate", "remove factor_value"),
        ("kind=travel.air;quantity=1;unit=person;region=GB;from=LHR;to=QQQ", "airport.unknown", "to", "QQQ", "IATA", "near it"),
        ("kind=travel.air;quantity=1;unit=person;region=GB;from=LHR", "column.missing", "to", "(blank)", "IATA", "to"),
        ("kind=travel.air;quantity=1;unit=person;region=GB;from=LHR;to=LHR", "travel.same-airport", "to", "LHR", "another airport", "from or to"),
        ("kind=travel.air;quantity=1;unit=person;region=GB;from=LHR;to=JFK;class=throne", "travel.class-unknown", "class", "throne", "premium-economy", "class"),
        ("kind=lease.electricity;quantity=100;unit=kWh;region=GB;share=140%", "number.range", "share", "140%", "0% to 100%", "share"),
        ("kind=travel.taxi;quantity=100;unit=km;region=GB;occupancy=0", "number.range", "occupancy", "0", "at least 1", "occupancy"),
        ("kind=goods.spend.naics-541511;quantity=100;unit=XYZ;region=US", "unit.unknown", "unit", "XYZ", "ISO 4217", "symbol"),
        ("kind=goods.spend.naics-541511;quantity=100;unit=kWh;region=US", "unit.dimension", "unit", "kWh (energy)", "currency", "money"),
        ("kind=goods.spend.naics-541511;quantity=100;unit=EUR;region=DE", "date.missing", "start", "(blank)", "exchange rate", "start"),
        ("kind=goods.spend.naics-541511;quantity=100;unit=EUR;region=DE;price_year=99999", "number.range", "price_year", "99999", "a year", "price_year"),
        ("kind=investment.listed-equity;quantity=100;unit=EUR;region=DE", "column.missing", "evic", "(blank)", "enterprise value", "evic"),
        ("kind=product.use.electricity;quantity=5;unit=kg;region=GB;lifetime_years=10;kwh_per_year=100", "unit.dimension", "unit", "kg (mass)", "count (item)", "product.use.electricity"),
        ("kind=lease.building.floor-area;quantity=5;unit=MJ;region=GB;energy_intensity=100", "unit.dimension", "unit", "MJ (energy)", "area (m2)", "lease.building.floor-area"),
        ("kind=product.use.electricity;quantity=1e9;unit=item;region=GB;lifetime_years=1e12;kwh_per_year=1e12", "number.too-large", "quantity", "quantity 1000000000, lifetime_years 1000000000000, kwh_per_year 1000000000000", "10^15", "larger unit"),
    ];

    private static readonly Lazy<EstimateRunResult> Run = new(() => EstimateVerb.Of(
        Header + "\n" + string.Join('\n', Mistakes.Select((mistake, i) => Line($"m{i};{mistake.Cells}"))) + "\n"
        + Line("good;kind=electricity.grid;quantity=1000;unit=kWh;region=GB;start=2025-01-01") + "\n"));

    public static IEnumerable<TheoryDataRow<int, string>> Rows => Mistakes.Select((mistake, i) => new TheoryDataRow<int, string>(i, $"{mistake.Code}: {mistake.Cells}"));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_mistake_is_named_with_what_to_do(int index, string what)
    {
        var mistake = Mistakes[index];
        var row = Run.Value.Rows[index];
        Assert.True(row.Disposition() == "rejected", $"{what}: {row}");

        var problem = row.GetProperty("problem");

        Assert.Equal(index + 2, row.GetProperty("row").GetInt32());
        Assert.Equal($"m{index}", row.Text("id"));
        Assert.Equal(mistake.Code, problem.Text("code"));
        Assert.Equal(mistake.Column, problem.Text("column"));
        Assert.Equal(mistake.Found, problem.Text("found"));
        Assert.Contains(mistake.Expected, problem.Text("expected"), StringComparison.Ordinal);
        Assert.Contains(mistake.Fix, problem.Text("fix"), StringComparison.Ordinal);
        Assert.Empty(row.Entries());
    }

    [Fact]
    public void Mistakes_do_not_touch_their_neighbours()
    {
        Assert.Equal(Mistakes.Length + 1, Run.Value.Rows.Count);
        Assert.Equal(177m, Run.Value.Rows[^1].Entry("generation", "location").Kilograms());
        Assert.Contains($"Rows     {Mistakes.Length + 1} = 1 calculated + 0 estimated + 0 excluded + 0 duplicate + {Mistakes.Length} rejected", Run.Value.Error, StringComparison.Ordinal);
        Assert.Equal(0, Run.Value.ExitCode);
    }

    [Fact]
    public void The_summary_counts_the_mistakes_by_code()
    {
        Assert.All(Mistakes.GroupBy(mistake => mistake.Code, StringComparer.Ordinal), code =>
            Assert.Contains($" {code.Count()} x {code.Key}\n", Run.Value.Error, StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_mistakes_are_found_in_a_workbook()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("offgridflow-").FullName, "mistakes.xlsx");
        TestWorkbook.Write(path, ("Data", [
            ["kind", "quantity", "unit", "region", "start"],
            ["electricity.grid", 1000m, "kWh", "GB", 45672m],
            ["electricity.grid", "1000 kWh", "kWh", "GB", 45672m],
            ["electricity.grid", null, "kWh", "GB", 45672m],
            ["electricity.grid", "=A1*2|2000", "kWh", "GB", "2025-01-15"],
            ["fuel.diesel", 5m, "gallon", "GB", 45672m],
            ["Total", 4000m, null, null, null],
        ]));

        var run = EstimateVerb.Run(["estimate", path, "--format", "ndjson"]);

        Assert.Equal(["calculated", "rejected", "rejected", "calculated", "rejected", "excluded"], run.Rows.Select(row => row.Disposition()));
        Assert.Equal([2, 3, 4, 5, 6, 7], run.Rows.Select(row => row.GetProperty("row").GetInt32()));
        Assert.Equal(["number.unit", "number.blank", "unit.ambiguous"], run.Rows.Where(row => row.Disposition() == "rejected").Select(row => row.Code()));
        Assert.Equal(177m, run.Rows[0].Entry("generation", "location").Kilograms());
        Assert.Equal(354m, run.Rows[3].Entry("generation", "location").Kilograms());
    }

    private static string Line(string cells)
    {
        var parts = cells.Split(';');
        var byName = parts.Skip(1).Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
        return string.Join(',', Header.Split(',').Select(name => name == "id" ? parts[0] : byName.TryGetValue(name, out var cell) ? Quoted(cell) : ""));
    }

    private static string Quoted(string cell) => cell.Contains(',', StringComparison.Ordinal) ? $"\"{cell}\"" : cell;
}
