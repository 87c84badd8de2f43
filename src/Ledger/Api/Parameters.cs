using System.Globalization;
using OffGridFlow.Ledger.Totals;

namespace OffGridFlow.Ledger.Api;

/// <summary>Reads query parameters; the first problem is kept, so that a handler asks for all and looks once.</summary>
internal sealed class Parameters
{
    public Problem? Problem { get; private set; }

    /// <summary><c>2025-03</c>, as the month's first day.</summary>
    public DateOnly? Month(string name, string? text) =>
        text is null ? null
        : DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) ? month
        : Refuse<DateOnly?>(name, text, "a month such as 2025-03");

    public DateTimeOffset? Instant(string name, string? text) =>
        text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? instant
        : Refuse<DateTimeOffset?>(name, text, "an instant such as 2026-03-31T12:00:00Z");

    public T? OneOf<T>(string name, string? text)
        where T : struct, Enum
    {
        if (text is null)
        {
            return null;
        }

        foreach (var value in Enum.GetValues<T>())
        {
            if (Spelt(value) == text)
            {
                return value;
            }
        }

        return Refuse<T?>(name, text, string.Join(", ", Enum.GetValues<T>().Select(Spelt)));
    }

    public IReadOnlyList<T> Several<T>(string name, string? text)
        where T : struct, Enum =>
        text is null ? [] : text.Split(',', StringSplitOptions.TrimEntries).Select(word => OneOf<T>(name, word)).OfType<T>().Distinct().ToList();

    public string? Word(string name, string? text, params string[] allowed) =>
        text is null || allowed.Contains(text, StringComparer.Ordinal) ? text : Refuse<string?>(name, text, string.Join(", ", allowed));

    public T Refuse<T>(string name, string found, string expected)
    {
        Problem ??= new Problem("parameter.invalid", name, found, expected, $"Correct {name}, or leave it out.");
        return default!;
    }

    private static string Spelt<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}

/// <summary>The months that are asked for: of a period, or from and to.</summary>
internal static class AskedMonths
{
    /// <param name="periods">The tenant's.</param>
    /// <param name="period">Id or code of a period.</param>
    public static Result<(DateOnly From, DateOnly To)> OfPeriod(PeriodCalendar periods, string period) =>
        periods.All.FirstOrDefault(one => one.Code == period || one.PeriodId.ToString() == period) is { } found
            ? (Posting.MonthShares.MonthOf(found.StartsOn), Posting.MonthShares.MonthOf(found.EndsOn))
            : Problem.NotFound("period", period);
}
