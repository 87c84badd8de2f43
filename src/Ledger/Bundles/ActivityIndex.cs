using System.Globalization;
using System.Runtime.InteropServices;
using static OffGridFlow.Ledger.Bundles.VerifyBundle;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>The activities of a bundle, to be found by id and version, and by import and row.</summary>
internal sealed class ActivityIndex
{
    private readonly Dictionary<(Guid Id, int Version), int> byVersion = [];
    private readonly List<Row> rows = [];
    private readonly HashSet<Guid> imports = [];

    public ActivityIndex(BundleLines lines, BundleContext context, Tally tally)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var before = (Import: Guid.Empty, Row: 0L, Version: 0);
        foreach (var (line, where) in lines.Of(BundleFormat.Imports))
        {
            imports.Add(BundleFormat.Read<ImportEvidence>(line.Span, where).ImportId);
        }

        foreach (var (line, where) in lines.Of(BundleFormat.Activities))
        {
            var activity = BundleFormat.Read<BundleActivity>(line.Span, where);
            if (!decimal.TryParse(activity.Quantity, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quantity)
                || quantity.ToString(CultureInfo.InvariantCulture) != activity.Quantity)
            {
                throw new DifferenceException("quantity of an activity", where, activity.Quantity, "a decimal");
            }

            if (activity.EndOn < activity.StartOn || activity.StartOn > context.To || activity.EndOn < context.From)
            {
                throw new DifferenceException("days of an activity", where, FormattableString.Invariant($"{activity.StartOn:yyyy-MM-dd} to {activity.EndOn:yyyy-MM-dd}"), FormattableString.Invariant($"a day of {context.From:yyyy-MM-dd} to {context.To:yyyy-MM-dd}"));
            }

            if (!imports.Contains(activity.ImportId))
            {
                throw new DifferenceException("import of an activity", where, activity.ImportId.ToString(), $"a line of {BundleFormat.Imports}");
            }

            // By import and row: so that a file is compared row by row, and no row can count twice.
            if (activity.ImportId == before.Import && (activity.RowNo, activity.Version).CompareTo((before.Row, before.Version)) <= 0)
            {
                throw new DifferenceException("order of activities", where, FormattableString.Invariant($"row {activity.RowNo}, version {activity.Version}"), FormattableString.Invariant($"after row {before.Row}, version {before.Version}"));
            }

            before = (activity.ImportId, activity.RowNo, activity.Version);
            if (!byVersion.TryAdd((activity.ActivityId, activity.Version), rows.Count))
            {
                throw new DifferenceException("activity", where, $"{activity.ActivityId}, version {activity.Version} twice", "each once");
            }

            rows.Add(new Row
            {
                ActivityId = activity.ActivityId, Version = activity.Version, ImportId = activity.ImportId, RowNo = activity.RowNo, Quantity = quantity, Unit = Shared(activity.Unit), Kind = Shared(activity.Kind),
                Start = activity.StartOn, End = activity.EndOn, Entity = activity.EntityId, Facility = activity.FacilityId, FactorValue = activity.FactorValue, Withdrawn = activity.Withdrawn,
            });
            tally.Activities++;
        }

        string Shared(string text) => CollectionsMarshal.GetValueRefOrAddDefault(names, text, out _) ??= text;
    }

    /// <summary>What entries and files are compared with.</summary>
    internal struct Row
    {
        public Guid ActivityId;
        public int Version;
        public Guid ImportId;
        public long RowNo;
        public decimal Quantity;
        public string Unit;
        public string Kind;
        public DateOnly Start;
        public DateOnly End;
        public Guid? Entity;
        public Guid? Facility;
        public decimal? FactorValue;
        public bool Withdrawn;
        public bool IsPosted;
    }

    public ReadOnlySpan<Row> Rows => CollectionsMarshal.AsSpan(rows);

    /// <summary>The activity an entry counts.</summary>
    public ref Row Of(Guid id, int version, string where)
    {
        if (!byVersion.TryGetValue((id, version), out var at))
        {
            throw new DifferenceException("activity of an entry", where, FormattableString.Invariant($"{id}, version {version}"), $"a line of {BundleFormat.Activities}");
        }

        return ref CollectionsMarshal.AsSpan(rows)[at];
    }

    /// <summary>The rows of an import in the order of the file.</summary>
    public IEnumerable<Row> OfImport(Guid import)
    {
        // They stand together.
        var first = rows.FindIndex(row => row.ImportId == import);
        for (var i = first; i >= 0 && i < rows.Count && rows[i].ImportId == import; i++)
        {
            yield return rows[i];
        }
    }

    /// <summary>Says how many activities have no entry: those that were told as unposted, and others.</summary>
    public void Unaccounted(BundleLines lines, Tally tally)
    {
        var unposted = new HashSet<(Guid, int)>();
        foreach (var (line, where) in lines.Of(BundleFormat.Unposted))
        {
            var left = BundleFormat.Read<BundleUnposted>(line.Span, where);
            unposted.Add((left.ActivityId, left.ActivityVersion));
        }

        foreach (var (line, where) in lines.Of(BundleFormat.RowsNotTaken))
        {
            if (!imports.Contains(BundleFormat.Read<RowNotTaken>(line.Span, where).ImportId))
            {
                throw new DifferenceException("import of a row", where, "none", $"a line of {BundleFormat.Imports}");
            }
        }

        var without = rows.Where(row => !row.IsPosted && !row.Withdrawn).ToList();
        var told = without.Count(row => unposted.Contains((row.ActivityId, row.Version)));
        if (told > 0)
        {
            tally.Remarks.Add(FormattableString.Invariant($"{told} activities could not be posted; {BundleFormat.Unposted} says why."));
        }

        if (without.Count > told)
        {
            tally.Remarks.Add(FormattableString.Invariant($"{without.Count - told} activities have no entry in the period: not posted yet, or withdrawn before they were."));
        }
    }
}
