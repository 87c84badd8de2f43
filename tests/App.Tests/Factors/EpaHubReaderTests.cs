using System.Globalization;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors;

/// <summary>The reader of the EPA hub on a workbook small enough to read: every table, two or three rows each.</summary>
public sealed class EpaHubReaderTests
{
    [Fact]
    public void a_small_workbook_of_all_tables_is_read_to_the_last_figure()
    {
        var factors = Read(Sheet());

        Assert.Equal(
            [
                "t1-bituminous-per-mmbtu-gross", "t1-bituminous-per-short-ton", "t1-wood-and-wood-residuals-per-mmbtu-gross",
                "t1-wood-and-wood-residuals-per-short-ton", "t10-bus-pmi", "t11-ch4", "t11-hfc-125", "t12-r-999",
                "t2-diesel-fuel", "t3-gasoline-light-duty-trucks-1973-1974", "t3-gasoline-light-duty-trucks-1975",
                "t4-buses-cng", "t5-locomotives-diesel", "t7-heat", "t7-steam", "t8-rail-short-ton-mi",
                "t9-glass-landfilled",
            ],
            factors.Select(factor => factor.Id["epa-hub:2025:".Length..]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void grams_become_kilograms_and_kilograms_stay()
    {
        var coal = Read(Sheet()).Single(factor => factor.Kind == "fuel.coal.bituminous" && factor.Unit == "short-ton");

        Assert.Equal([new GasAmount("co2", 2325m, false), new GasAmount("ch4", 0.274m, false), new GasAmount("n2o", 0.04m, false)], coal.Gases);
        Assert.Equal("Bituminous coal, stationary combustion", coal.Name);
        Assert.Equal("Table 1, Emission Factors Hub, row 6", coal.Locator);
    }

    [Fact]
    public void a_column_that_turns_from_grams_to_kilograms_is_read_as_kilograms()
    {
        var sheet = Sheet(("g CH4 per short ton", "kg CH4 per short ton"));

        Assert.Equal(274m, Read(sheet).Single(factor => factor.Kind == "fuel.coal.bituminous" && factor.Unit == "short-ton").Gases[1].Kilograms);
    }

    [Fact]
    public void metric_tons_per_short_ton_become_kilograms_per_short_ton()
    {
        var glass = Read(Sheet()).Single(factor => factor.Kind == "waste.glass.landfill");

        Assert.Equal((20m, "short-ton", GwpSet.Ar4), (glass.Co2e, glass.Unit, glass.Gwp));
    }

    [Theory]
    [InlineData("kg CO2 per short ton", "CO2 in short tons", "does not say a mass per unit")]
    [InlineData("kg CO2 per short ton", "kg CO2 per scf", "where short-ton is expected")]
    [InlineData("short ton-mile", "furlong", "no unit the hub has used before")]
    [InlineData("Table 10", "Table 13", "has no Table 10")]
    [InlineData("Assessment Report (AR5)", "Assessment Report (AR6)", "its Table 11 is of Ar6")]
    [InlineData("Diesel Fuel", "Snake Oil", "no rule fits 'Table 2 > Snake Oil'")]
    [InlineData("N2O Factor (g N2O / gallon)", "Nitrogen", "there is no column 'N2O Factor'")]
    [InlineData("HFC-125", "Unobtainium", "the gas 'Unobtainium' has no key")]
    public void what_is_not_as_it_was_is_refused_and_named(string was, string now, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(Sheet((was, now))));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("50% HFC-125 , 50% HCFC-22", "hfc-125=0.5")]
    [InlineData("5% HFC-125 , 50% HCFC-22", "")] // does not give the printed 1585
    [InlineData("50% HFC125", "hfc-125=0.5")]
    [InlineData("50% HFC-125 , 1% HFC-32", "")] // a constituent without a GWP in Table 11
    public void a_composition_counts_where_it_yields_the_printed_gwp(string composition, string gases)
    {
        var blend = Read(Sheet(("50% HFC-125 , 50% HCFC-22", composition))).Single(factor => factor.Kind == "refrigerant.r-999");

        Assert.Equal(gases, FactorTable.GasList(blend.Gases));
        Assert.Equal(1585m, blend.Co2e);
    }

    [Theory]
    [InlineData("Passenger Car A", "Passenger Car")]
    [InlineData("Medium- and Heavy-Duty TruckC", "Medium- and Heavy-Duty Truck")]
    [InlineData("Transit Rail (i.e. Subway, Tram) E", "Transit Rail (i.e. Subway, Tram)")]
    [InlineData("RecycledA", "Recycled")]
    [InlineData("PLA", "PLA")]
    [InlineData("HDPE", "HDPE")]
    public void a_footnotes_letter_is_no_part_of_a_label(string printed, string label) =>
        Assert.Equal(label, HubTable.WithoutFootnote(printed));

    [Theory]
    [InlineData("CO2 Factor (kg / unit)", "1", "unit")]
    [InlineData("CH4 Factor (g CH4 / vehicle-mile)", "0.001", "vehicle-mile")]
    [InlineData("g N2O per mmBtu", "0.001", "mmBtu")]
    [InlineData("CO2 Factor (lb / MWh)", "0.45359237", "MWh")]
    [InlineData("Metric Tons CO2e / Short Ton Material", "1000", "Short Ton Material")]
    public void a_heading_says_its_mass_and_its_denominator(string heading, string kilograms, string per)
    {
        var printed = PrintedMass.Of(heading, "here");

        Assert.Equal(decimal.Parse(kilograms, CultureInfo.InvariantCulture), printed.Kilograms);
        Assert.Equal(per, printed.Per);
    }

    private static List<Factor> Read(object?[][] rows)
    {
        var file = TestWorkbook.Write(
            Path.GetTempFileName(), ("Notes", [["Table 1", "Not this one"]]), ("Emission Factors Hub", rows), ("Sheet1", [["Aluminum Cans", 0.06]]));
        var folder = Path.Combine(Repository.Data, "factors", "epa-hub");
        var edition = Edition.Load(folder).Single(edition => edition.Name == "2025");
        return new EpaHub().Read(new EditionSource(edition, [file], KindRules.Load(Path.Combine(folder, "kinds.csv")))).ToList();
    }

    // Labels stand in column C, the table's number in B; the first row of the list is row 1 of the sheet.
    private static object?[][] Sheet(params (string Was, string Now)[] changes)
    {
        object?[][] rows =
        [
            [null, "Emission Factors for Greenhouse Gas Inventories"],
            [null, "Table 1", "Stationary Combustion"],
            [null, null, "Fuel Type", "Heat Content (HHV)", "CO2 Factor", "CH4 Factor", "N2O Factor", "CO2 Factor", "CH4 Factor", "N2O Factor"],
            [
                null, null, null, "mmBtu per short ton", "kg CO2 per mmBtu", "g CH4 per mmBtu", "g N2O per mmBtu",
                "kg CO2 per short ton", "g CH4 per short ton", "g N2O per short ton",
            ],
            [null, null, "Coal and Coke"],
            [null, null, "Bituminous", 24.93, 93.28, 11, 1.6, 2325, 274, 40],
            [null, null, "Biomass Fuels - Solid"],
            [null, null, "Wood and Wood Residuals", 17.48, 93.8, 7.2, 3.6, 1640, 126, 63],
            [null, null, "Notes:"],
            [null, null, "Lignite", 14.21, 97.72, 11, 1.6, 1389, 156, 23],
            [null, "Table 2", "Mobile Combustion CO2"],
            [null, null, "Fuel Type", "kg CO2 per unit", "Unit"],
            [null, null, "Diesel Fuel", 10.21, "gallon"],
            [null, "Table 3", "Gasoline Vehicles"],
            [null, null, "Vehicle Type", "Model Year", "CH4 Factor (g CH4 / vehicle-mile)", "N2O Factor (g N2O / vehicle-mile)"],
            [null, null, "Gasoline Light-Duty Trucks", "1973-1974", 0.1908, 0.0218],
            [null, null, "(Vans, Pickup Trucks, SUVs)", "1975", 0.1634, 0.0513],
            [null, "Table 4", "Diesel and Alternative Fuel Vehicles"],
            [null, null, "Vehicle Type", "Fuel Type", "Model Year", "CH4 Factor (g CH4 / vehicle-mile)", "N2O Factor (g N2O / vehicle-mile)"],
            [null, null, "Buses", "CNG", null, 2.719, 0.017],
            [null, "Table 5", "Non-Road Vehicles"],
            [null, null, "Vehicle Type", "Fuel Type", "CH4 Factor (g CH4 / gallon)", "N2O Factor (g N2O / gallon)"],
            [null, null, "Locomotives", "Diesel", 0.8, 0.26],
            [null, "Table 6", "Electricity"],
            [null, null, "CAMX", "WECC California", 436.655, 0.025, 0.003],
            [null, "Table 7", "Steam and Heat"],
            [null, null, null, "CO2 Factor (kg CO2 / mmBtu)", "CH4 Factor (g CH4 / mmBtu)", "N2O Factor (g N2O / mmBtu)"],
            [null, null, "Steam and Heat", 66.33, 1.25, 0.125],
            [null, "Table 8", "Transportation"],
            [null, null, "Vehicle Type", "CO2 Factor (kg CO2 / unit)", "CH4 Factor (g CH4 / unit)", "N2O Factor (g N2O / unit)", "Units"],
            [null, null, "Rail", 0.021, 0.0016, 0.0005, "short ton-mile"],
            [null, "Table 9", "Waste"],
            [null, null, null, "Metric Tons CO2e / Short Ton Material"],
            [null, null, "Material", "RecycledA", "LandfilledB", "CombustedC"],
            [null, null, "Glass", "NA", 0.02, null],
            [null, null, "Notes: AR4 GWP values are used to convert all waste emission factors into CO2e."],
            [null, "Table 10", "Business Travel"],
            [null, null, "Vehicle Type", "CO2 Factor (kg CO2 / unit)", "CH4 Factor (g CH4 / unit)", "N2O Factor (g N2O / unit)", "Units"],
            [null, null, "Bus", 0.066, 0.0046, 0.0019, "passenger-mile"],
            [null, "Table 11", "Global Warming Potential"],
            [null, null, "Common Name", "Chemical Formula", "100-Year GWP"],
            [null, null, "Methane", "CH4", 28],
            [null, null, "HFC-125", "CHF2CF3", 3170],
            [null, null, "PFC-91-18", "C10F18", ">7,500"],
            [null, null, "Source: IPCC Fifth Assessment Report (AR5), 2013, which follows AR4."],
            [null, "Table 12", "Blended Refrigerants"],
            [null, null, "ASHRAE #", "100-year GWP", "Blend Composition"],
            [null, null, "R-999", 1585, "50% HFC-125 , 50% HCFC-22"],
        ];
        return rows.Select(row => row.Select(cell => cell is string text
            ? changes.Aggregate(text, (now, change) => now.Replace(change.Was, change.Now, StringComparison.Ordinal))
            : cell).ToArray()).ToArray();
    }
}
