using System.Globalization;
using System.Text.RegularExpressions;
using OffGridFlow.Activities.Connectors;

namespace OffGridFlow.Web.Pages.Sources;

/// <summary>A source as its page shows it.</summary>
/// <param name="IsBusy">Whether it is being fetched because somebody asked.</param>
/// <param name="IsTakenBack">Whether nothing is left of the file that was imported last.</param>
/// <param name="Fetches">The latest attempts.</param>
public sealed record SourceView(Source Source, bool IsBusy, bool IsTakenBack, IReadOnlyList<SourceFetch> Fetches);

/// <summary>The form of a source, as it was filled in or as the source is. The secret is never in it.</summary>
/// <param name="Id">Null: of a new one.</param>
/// <param name="When"><c>day</c>, <c>hour</c>, <c>weekdays</c>, <c>monday</c> or <c>own</c>.</param>
/// <param name="At">Of the day: <c>02:30</c>; empty: at night, when the program thinks fit.</param>
/// <param name="Cron">A time table of one's own.</param>
/// <param name="Facility">Code or name of the facility of rows that name none.</param>
/// <param name="Columns">What is chosen for columns by their names.</param>
/// <param name="Choices">What there is to choose from.</param>
public sealed record SourceFormView(
    Guid? Id, int Version, string Name, string Url, string HeaderName, bool HasSecret, Guid? Template, string When, string At, string Cron, string TimeZone, bool Enabled,
    string Facility, IReadOnlyDictionary<string, string> Columns, SourceChoices Choices);

/// <summary>What a source's form offers.</summary>
/// <param name="Facilities">Codes and names.</param>
/// <param name="Fields">What a column may be read as.</param>
public sealed record SourceChoices(IReadOnlyList<(Guid Id, string Name)> Templates, IReadOnlyList<(string Code, string Name)> Facilities, IReadOnlyList<string> Fields);

/// <summary>What a look at a file has shown.</summary>
/// <param name="HttpStatus">What was answered; null: nothing.</param>
/// <param name="Rows">How many were looked at.</param>
/// <param name="Readable">Of them those without a problem.</param>
/// <param name="Troubled">Rows with a problem, or one in spite of which they would be taken.</param>
/// <param name="Problem">Why nothing would come of it.</param>
public sealed record SourceLook(
    int? HttpStatus, string? FileName, string? Format, long? SizeBytes, IReadOnlyList<ColumnLook> Columns, int Rows, int Readable, IReadOnlyList<(long RowNo, Problem Problem)> Troubled,
    IReadOnlyList<string> Messages, Problem? Problem)
{
    internal static SourceLook Of(CheckSource.Response seen) => new(
        seen.HttpStatus, seen.FileName, seen.Format, seen.SizeBytes, [.. seen.Columns.Where(column => column.Name.Length > 0).DistinctBy(column => column.Name, StringComparer.Ordinal)
            .Select(column => new ColumnLook(column.Name, column.Field, column.Confidence, string.Join(", ", column.Samples)))],
        seen.Rows.Count, seen.Rows.Count(row => row.Problem is null),
        [.. seen.Rows.Where(row => row.Problem is not null || row.Warning is not null).Select(row => (row.RowNo, (row.Problem ?? row.Warning)!))], seen.Messages, seen.Problem);
}

/// <summary>A column of a file.</summary>
/// <param name="Field">What it is read as; null: it is passed over.</param>
/// <param name="Confidence">0 to 1.</param>
public sealed record ColumnLook(string Name, string? Field, decimal Confidence, string Samples);

/// <summary>Time tables in words and in a form's fields.</summary>
internal static partial class TimeTables
{
    /// <summary>As a person says it; what is none of the usual ones, as it is written.</summary>
    public static string Words(string cron, string timeZone)
    {
        var (when, at, _) = Fields(cron);
        var zone = timeZone is "Etc/UTC" or "UTC" ? "UTC" : timeZone;
        return when switch
        {
            "day" => $"every day at {at} ({zone})",
            "hour" => "every hour",
            "weekdays" => $"Monday to Friday at {at} ({zone})",
            "monday" => $"every Monday at {at} ({zone})",
            _ => $"by the time table {cron} ({zone})",
        };
    }

    /// <summary>As the form shows it.</summary>
    public static (string When, string At, string Cron) Fields(string cron)
    {
        var parts = Usual().Match(cron);
        if (!parts.Success)
        {
            return ("own", "", cron);
        }

        var when = (parts.Groups["hour"].Value, parts.Groups["days"].Value) switch { ("*", "*") => "hour", ("*", _) => "own", (_, "*") => "day", (_, "1-5") => "weekdays", _ => "monday" };
        return when is "own" ? ("own", "", cron) : when is "hour" ? (when, "", "")
            : (when, string.Create(CultureInfo.InvariantCulture, $"{int.Parse(parts.Groups["hour"].Value, CultureInfo.InvariantCulture):00}:{int.Parse(parts.Groups["minute"].Value, CultureInfo.InvariantCulture):00}"), "");
    }

    /// <summary>What the form says, or null for the time that the program chooses.</summary>
    public static string? Cron(string when, string at, string own)
    {
        var time = TimeOnly.TryParseExact(at, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var said) ? said : new TimeOnly(2, 30);
        string On(string days) => string.Create(CultureInfo.InvariantCulture, $"{time.Minute} {time.Hour} * * {days}");
        return when switch { "own" => own.Trim(), "hour" => "7 * * * *", "weekdays" => On("1-5"), "monday" => On("1"), _ => at.Length == 0 ? null : On("*") };
    }

    [GeneratedRegex(@"\A(?<minute>\d{1,2}) (?<hour>\d{1,2}|\*) \* \* (?<days>\*|1-5|1)\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Usual();
}
