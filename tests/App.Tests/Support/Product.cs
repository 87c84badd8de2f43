using OffGridFlow.Engine;

namespace OffGridFlow.App.Tests.Support;

/// <summary>The data that ship with the product, loaded once for all tests.</summary>
internal static class Product
{
    private static readonly Lazy<ReferenceData> Loaded = new(() => ReferenceData.Load(Repository.Data));

    public static ReferenceData Data => Loaded.Value;

    /// <summary>An estimator as the command line makes one, on a fixed day of knowledge.</summary>
    public static Estimator Estimator(GwpSet? gwp = null, string asOf = "2026-11-21", DatePolicy policy = DatePolicy.Effective) =>
        new(Data, new EstimateOptions(gwp, Day(asOf), policy));

    /// <summary>An activity by the names a row would use; dates are a day or a year.</summary>
    public static Activity Activity(string kind, decimal quantity, string unit, string? region, string? date = null, params (string Name, string Value)[] columns) => new()
    {
        Kind = Data.Kinds.Find(kind) ?? throw new ArgumentException($"There is no kind {kind}.", nameof(kind)),
        Quantity = quantity,
        Unit = Data.Units.Find(unit).Unit ?? throw new ArgumentException($"There is no unit {unit}.", nameof(unit)),
        Region = region is null ? null : Data.Regions.Find(region),
        Start = date is null ? null : date.Length == 4 ? Day(date + "-01-01") : Day(date),
        End = date is null ? null : date.Length == 4 ? Day(date + "-12-31") : Day(date),
        Columns = columns.ToDictionary(column => column.Name, column => column.Value, StringComparer.Ordinal),
    };

    public static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
