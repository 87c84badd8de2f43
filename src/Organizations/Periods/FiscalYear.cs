using System.Globalization;

namespace OffGridFlow.Organizations.Periods;

/// <summary>Years that start on the first of some month.</summary>
internal readonly record struct FiscalYear(DateOnly StartsOn, DateOnly EndsOn)
{
    /// <summary>The fiscal year that holds a day.</summary>
    /// <param name="startMonth">1 to 12.</param>
    public static FiscalYear Of(DateOnly day, int startMonth)
    {
        var starts = new DateOnly(day.Month >= startMonth ? day.Year : day.Year - 1, startMonth, 1);
        return new FiscalYear(starts, starts.AddYears(1).AddDays(-1));
    }

    /// <summary><c>2025</c>, or <c>2025-26</c> where it runs over New Year.</summary>
    public string Code => StartsOn.Year == EndsOn.Year
        ? StartsOn.Year.ToString("0000", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{StartsOn.Year:0000}-{EndsOn.Year % 100:00}");
}
