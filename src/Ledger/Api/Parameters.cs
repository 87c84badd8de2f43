using System.Globalization;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

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
    /// <param name="read">Takes what is wrong with the parameters.</param>
    /// <param name="period">Id or code of a period, or null.</param>
    public static async Task<Result<(DateOnly? From, DateOnly? To)>> Of(
        Parameters read, Caller caller, LedgerQueries queries, string? period, string? from, string? to, CancellationToken ct)
    {
        var months = (read.Month("from", from), read.Month("to", to));
        if (period is not null && (from ?? to) is not null)
        {
            read.Refuse<string>("period", period, "either period, or from and to");
        }

        if (read.Problem is { } problem)
        {
            return problem;
        }

        if (period is null)
        {
            return months;
        }

        var periods = await queries.Calendar(caller, ct);
        return periods.All.FirstOrDefault(one => one.Code == period || one.PeriodId.ToString() == period) is { } found
            ? (Posting.MonthShares.MonthOf(found.StartsOn), Posting.MonthShares.MonthOf(found.EndsOn))
            : Problem.NotFound("period", period);
    }
}
