using System.Globalization;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;

namespace OffGridFlow.App.Tests.Factors;

/// <summary>The committed tables of the three US publishers, as a reader of the CSV sees them.</summary>
internal static class UsTables
{
    public static readonly string[] Publishers = ["egrid", "epa-hub", "epa-supply-chain"];

    public static IReadOnlyList<DataRow> Rows(string publisher, string edition) =>
        DataFile.Rows(Path.Combine(Repository.Data, "factors", publisher, edition + ".csv")).ToList();

    public static IReadOnlyList<Edition> Editions(string publisher) =>
        Edition.Load(Path.Combine(Repository.Data, "factors", publisher));

    /// <summary>The one row of a kind, unit and region.</summary>
    public static DataRow One(string publisher, string edition, string kind, string unit, string region = "US") =>
        Assert.Single(Rows(publisher, edition), row => row.Text("kind") == kind && row.Text("unit") == unit && row.Text("region") == region);

    /// <summary><c>co2e</c>, <c>biogenic_co2</c> or a gas (with an <c>e</c> where it is printed in CO2e); null when the row has none.</summary>
    public static string? Figure(DataRow row, string what) =>
        what is "co2e" or "biogenic_co2"
            ? row.Text(what)
            : (row.Text("gases") ?? "").Split(' ').Where(gas => gas.StartsWith(what + "=", StringComparison.Ordinal)).Select(gas => gas[(what.Length + 1)..]).SingleOrDefault();

    public static decimal Kilograms(DataRow row, string gas) =>
        decimal.Parse(Figure(row, gas)!, NumberStyles.Float, CultureInfo.InvariantCulture);
}
