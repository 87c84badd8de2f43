using OffGridFlow.Ledger.Totals;
using OffGridFlow.Organizations;

namespace OffGridFlow.Reporting.Inventories;

/// <summary>kg CO2e with the ends of its 95 % range.</summary>
public sealed record Amount(decimal Kg, decimal LowKg, decimal HighKg);

/// <summary>The last run that is in what is shown: whoever has it can have the same figures again.</summary>
public sealed record Seal(long RunNo, string Hash, DateTimeOffset PostedAt);

/// <summary>A reporting year as its inventory counts it: what everything that shows a year's figures asks of the ledger.</summary>
public static class InventoryYear
{
    /// <summary>The year asked for, else the latest that has entries, else the latest there is; null where there is none yet.</summary>
    public static Result<Period?> Choose(PeriodCalendar calendar, string? code)
    {
        var years = calendar.All.Where(period => period.Granularity == Granularity.Year).ToList();
        if (!string.IsNullOrEmpty(code))
        {
            return years.Find(period => period.Code == code) is { } asked ? asked : Problem.NotFound("period", code);
        }

        return years.LastOrDefault(period => period.HasEntries) ?? years.LastOrDefault();
    }

    /// <summary>All of a period, consolidated by share.</summary>
    public static TotalsQuestion Question(Period period) => new() { From = First(period.StartsOn), To = First(period.EndsOn), Consolidate = true };

    public static Amount Amount(Total total) => new(total.Co2eKg, total.LowKg, total.HighKg);

    public static string Name(Basis basis) => basis switch
    {
        Basis.Single => "single",
        Basis.Location => "location",
        Basis.Market => "market",
    };

    private static DateOnly First(DateOnly day) => new(day.Year, day.Month, 1);
}
