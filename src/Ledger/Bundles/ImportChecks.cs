using System.Globalization;
using System.Text.Json;
using OffGridFlow.Activities.Imports;
using static OffGridFlow.Ledger.Bundles.VerifyBundle;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>Takes the lines of one import, and compares each with its row of the file.</summary>
internal sealed class ImportChecks(
    ImportEvidence import, string where, ActivityIndex index, Ahead<BundleActivity> activities, Ahead<RowNotTaken> untaken, BundleContext context, Tally tally)
{
    private static readonly IReadOnlyDictionary<string, string> NoColumns = new Dictionary<string, string>(StringComparer.Ordinal);
    private readonly Dictionary<string, long> lost = new(StringComparer.Ordinal) { ["excluded"] = 0, ["duplicate"] = 0, ["rejected"] = 0 };
    private (long Row, int Version) activityBefore;
    private long untakenBefore;

    private BundleActivity? Activity => activities.Current is { } next && next.ImportId == import.ImportId ? next : null;

    private RowNotTaken? Untaken => untaken.Current is { } next && next.ImportId == import.ImportId ? next : null;

    // What has been read to its end is all in the evidence; of other imports, some rows.
    private bool IsWhole => import.Status is "read" or "undoing" or "undone";

    /// <summary>Rows that came by the API, or corrections.</summary>
    public void WithoutFile()
    {
        while (Activity is { } activity)
        {
            Take(activity);
            tally.WithoutFile++;
        }

        while (Untaken is { } row)
        {
            Take(row);
        }

        Counts();
    }

    /// <summary>A file that no row was read of yet.</summary>
    public void NotBegun()
    {
        if (Activity is not null || Untaken is not null || IsWhole)
        {
            throw new DifferenceException("vocabulary of an import", where, "none", $"a line of {BundleFormat.Vocabularies}");
        }

        tally.Remarks.Add($"{import.FileName} is not read yet ({import.Status}): nothing of it counts.");
    }

    public void Compare(ImportedFile file)
    {
        var rows = 0L;
        foreach (var row in file.Rows())
        {
            rows++;
            NoneBefore(row.RowNo);
            var isThere = false;
            for (; Activity is { } activity && activity.RowNo == row.RowNo; isThere = true)
            {
                // A withdrawal repeats what it takes back, which may have been corrected since.
                if (!activity.Withdrawn)
                {
                    Same(activity, row, file);
                    tally.FileRows++;
                }

                Take(activity);
            }

            if (Untaken is { } lost && lost.RowNo == row.RowNo)
            {
                Equal("row of a file that is both taken and not", At(row.RowNo), isThere, false);
                Same(lost, row);
                Take(lost);
                tally.FileRows++;
                isThere = true;
            }

            if (!isThere && IsWhole)
            {
                Outside(row);
            }
        }

        NoneBefore(long.MaxValue);
        if (IsWhole)
        {
            _ = file.Problem is { } problem ? throw new DifferenceException("file of an import", $"{import.FileName} ({import.Sha256})", "what cannot be read as a table", problem) : 0;
            Equal("rows of a file", where, import.RowsRead, rows);
        }
        else
        {
            tally.Remarks.Add($"{import.FileName} was not read to its end ({import.Status}): rows that are not in the bundle do not count.");
        }

        Counts();
    }

    private void Counts()
    {
        Equal("excluded rows of an import", where, import.Excluded, lost["excluded"]);
        Equal("duplicate rows of an import", where, import.Duplicate, lost["duplicate"]);
        Equal("rejected rows of an import", where, import.Rejected, lost["rejected"]);
    }

    private string At(long row, string? column = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{import.FileName ?? import.ImportId.ToString()}, row {row}{(column is null ? "" : ", " + column)}");

    private void NoneBefore(long row)
    {
        if (Activity is { } activity && activity.RowNo < row)
        {
            throw new DifferenceException(
                "row of an activity", At(activity.RowNo), FormattableString.Invariant($"{activity.Kind} {activity.Quantity} {activity.Unit} (activity {activity.ActivityId})"), "no such row in the file");
        }

        if (Untaken is { } lost && lost.RowNo < row)
        {
            throw new DifferenceException("row that was not taken", At(lost.RowNo), $"{lost.Disposition}: {lost.Code}", "no such row in the file");
        }
    }

    private void Outside(in ImportedRow row)
    {
        if (!row.IsTaken || (row.Start <= context.To && row.End >= context.From))
        {
            throw new DifferenceException(
                "row of a file", At(row.RowNo), "neither an activity nor a row that was not taken",
                row.IsTaken ? FormattableString.Invariant($"an activity: {row.Kind} {row.Quantity} {row.Unit}, {row.Start:yyyy-MM-dd} to {row.End:yyyy-MM-dd}") : row.Problem?.Code ?? row.Reason ?? "");
        }
    }

    private void Same(BundleActivity activity, in ImportedRow row, ImportedFile file)
    {
        if (!row.IsTaken)
        {
            throw new DifferenceException("row of an activity", At(row.RowNo, Column(row.Problem?.Column)), $"an activity ({activity.ActivityId})", row.Problem is { } why ? $"{why.Code}: found {why.Found}" : row.Reason ?? "");
        }

        var no = row.RowNo;
        Cell("kind", activity.Kind, row.Kind);
        if (Quantity(activity) != row.Quantity)
        {
            Cell("quantity", activity.Quantity, row.Quantity.ToString(CultureInfo.InvariantCulture));
        }

        Cell("unit", activity.Unit, row.Unit, "currency");
        Cell("region", activity.Region, row.Region, "facility");
        if (activity.StartOn != row.Start || activity.EndOn != row.End)
        {
            Cell("start", Day(activity.StartOn), Day(row.Start), "end");
            Cell("end", Day(activity.EndOn), Day(row.End), "start");
        }

        if (activity.FacilityId != row.FacilityId)
        {
            Cell("facility", Name(activity.FacilityId), Name(row.FacilityId));
        }

        if (activity.EntityId != row.EntityId)
        {
            Cell("entity", Name(activity.EntityId), Name(row.EntityId), "facility");
        }

        if (activity.Quality != row.Quality || activity.FactorValue != row.FactorValue)
        {
            Cell("quality", Text(activity.Quality), Text(row.Quality));
            Cell("factor_value", Text(activity.FactorValue), Text(row.FactorValue));
        }

        Cell("meter", activity.Meter, row.Meter);
        Cell("factor", activity.FactorId, row.FactorId);
        var columns = row.Columns is null ? NoColumns : JsonSerializer.Deserialize<Dictionary<string, string>>(row.Columns)!;
        foreach (var (name, value) in activity.Columns)
        {
            Cell(name, value, columns.GetValueOrDefault(name));
        }

        foreach (var (name, value) in columns)
        {
            Cell(name, activity.Columns.GetValueOrDefault(name), value);
        }

        void Cell(string field, string? found, string? inFile, string? orFrom = null)
        {
            if (found != inFile)
            {
                throw new DifferenceException(
                    $"{field} in the file", $"{At(no, Column(field, orFrom))} (activity {activity.ActivityId})", found ?? "nothing", inFile ?? "nothing");
            }
        }

        string? Column(string? field, string? orFrom = null) =>
            field is not null && (file.Column(field) ?? (orFrom is null ? null : file.Column(orFrom))) is { } header ? $"column '{header}'" : field is null ? null : $"{field}, which is no column of it";
    }

    private void Same(RowNotTaken lost, in ImportedRow row)
    {
        var at = At(row.RowNo);
        if (row.Problem is { } problem)
        {
            // What is expected, and how to mend it, is said in the words of the program that read it.
            var said = lost.Problem is null ? null : JsonSerializer.Deserialize<Problem>(lost.Problem, Platform.Http.Json.Options);
            Equal("problem of a row", at, $"{lost.Disposition}: {lost.Code}, {said?.Code} in '{said?.Column}': {said?.Found}", $"rejected: {problem.Code}, {problem.Code} in '{problem.Column}': {problem.Found}".Replace('\0', '\ufffd'));
        }
        else if (row.Reason is { } reason)
        {
            Equal("problem of a row", at, $"{lost.Disposition}: {lost.Code}", $"excluded: {reason}");
        }

        Equal("quantity of a row", at, Text(lost.Quantity), row.Unit is null ? null : Text(row.Quantity));
        Equal("unit of a row", at, lost.Unit, row.Unit);
        Equal("days of a row", at, (lost.StartOn, lost.EndOn), row.IsTaken ? (row.Start, row.End) : (row.UntakenStart, row.UntakenEnd));
        if (lost.Disposition != "duplicate")
        {
            Equal("cells of a row", at, lost.Cells, row.Cells);
        }
    }

    private void Take(BundleActivity activity)
    {
        if (activity.EndOn < activity.StartOn || activity.StartOn > context.To || activity.EndOn < context.From)
        {
            throw new DifferenceException("days of an activity", activities.Where, $"{Day(activity.StartOn)} to {Day(activity.EndOn)}", $"a day of {Day(context.From)} to {Day(context.To)}");
        }

        if ((activity.RowNo, activity.Version).CompareTo(activityBefore) <= 0)
        {
            throw new DifferenceException(
                "order of activities", activities.Where, FormattableString.Invariant($"row {activity.RowNo}, version {activity.Version}"),
                FormattableString.Invariant($"after row {activityBefore.Row}, version {activityBefore.Version}"));
        }

        if (!index.Add(activity, Quantity(activity)))
        {
            throw new DifferenceException("activity", activities.Where, FormattableString.Invariant($"{activity.ActivityId}, version {activity.Version} twice"), "each once");
        }

        activityBefore = (activity.RowNo, activity.Version);
        tally.Activities++;
        activities.Next();
    }

    private void Take(RowNotTaken row)
    {
        if (row.RowNo <= untakenBefore || !lost.ContainsKey(row.Disposition))
        {
            throw new DifferenceException("order of rows", untaken.Where, FormattableString.Invariant($"row {row.RowNo}, {row.Disposition}"), FormattableString.Invariant($"after row {untakenBefore}; excluded, duplicate or rejected"));
        }

        untakenBefore = row.RowNo;
        lost[row.Disposition]++;
        untaken.Next();
    }

    private decimal Quantity(BundleActivity activity) =>
        decimal.TryParse(activity.Quantity, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quantity)
        && quantity.ToString(CultureInfo.InvariantCulture) == activity.Quantity
            ? quantity
            : throw new DifferenceException("quantity of an activity", activities.Where, activity.Quantity, "a decimal");

    private string Name(Guid? id) => id is not { } known ? "nothing"
        : context.Facilities.FirstOrDefault(site => site.FacilityId == known) is { } facility ? $"{facility.Code} ({known})"
        : context.Entities.FirstOrDefault(entity => entity.EntityId == known) is { } owner ? $"{owner.Code} ({known})"
        : known.ToString();

    private static string? Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
