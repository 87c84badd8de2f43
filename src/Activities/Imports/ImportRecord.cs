using System.Globalization;
using System.Text.Json;
using OffGridFlow.Activities.Flags;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Imports;

/// <summary>A row of activities.imports.</summary>
internal sealed class ImportRecord
{
    private const string Columns = """
        import_id, source, sha256, file_name, options::text as options, status, rows_read, last_row, rows_total, calculated, estimated,
        excluded, duplicate, rejected, quantities::text as quantities, notes::text as notes, unknown_places::text as unknown_places, problem::text as problem, created_by, created_at,
        finished_at, undone_at, undone_reason, version, corrects, vocabulary_id, within_facilities, source_id
        """;

    // A sum of decimals can have more figures than a decimal holds: 28 are told.
    private const string Flagged = """
        , checked_at, (select count(*) from activities.flags f where f.import_id = imports.import_id and f.status = 'open') as flags_open,
        (select count(*) from activities.flags f where f.import_id = imports.import_id and f.status <> 'open') as flags_decided,
        (select round(sum(co2e_kg), 27 - floor(log(greatest(abs(sum(co2e_kg)), 1)))::int) from activities.flags f where f.import_id = imports.import_id and f.status = 'open') as flags_co2e_kg
        """;

    public Guid ImportId { get; init; }

    public string Source { get; init; } = "";

    public byte[]? Sha256 { get; init; }

    public string? FileName { get; init; }

    public string Options { get; init; } = "{}";

    /// <summary>What names in its rows stood for; null before the first is read.</summary>
    public Guid? VocabularyId { get; init; }

    public string Status { get; init; } = "";

    public long RowsRead { get; init; }

    public long LastRow { get; init; }

    public long? RowsTotal { get; init; }

    public long Calculated { get; init; }

    public long Estimated { get; init; }

    public long Excluded { get; init; }

    public long Duplicate { get; init; }

    public long Rejected { get; init; }

    public string Quantities { get; init; } = "{}";

    public string Notes { get; init; } = "[]";

    public string UnknownPlaces { get; init; } = "[]";

    public string? Problem { get; init; }

    public string CreatedBy { get; init; } = "";

    public DateTime CreatedAt { get; init; }

    public DateTime? FinishedAt { get; init; }

    public DateTime? UndoneAt { get; init; }

    public string? UndoneReason { get; init; }

    public int Version { get; init; }

    /// <summary>What it corrects the rejected rows of, or places the rows of; or null.</summary>
    public Guid? Corrects { get; init; }

    /// <summary>The facilities its sender delivers for; null: all.</summary>
    public Guid[]? WithinFacilities { get; init; }

    /// <summary>The connected source it was fetched from; null: somebody sent it.</summary>
    public Guid? SourceId { get; init; }

    public DateTime? CheckedAt { get; init; }

    public long FlagsOpen { get; init; }

    public long FlagsDecided { get; init; }

    public decimal? FlagsCo2eKg { get; init; }

    /// <summary>The columns that an <see cref="ImportSummary"/> is made of.</summary>
    public static string SummaryColumns => Columns + Flagged;

    public ImportOptions ReadOptions() => JsonSerializer.Deserialize<ImportOptions>(Options, Json.Options)!;

    public static Task<ImportRecord?> Find(Session session, Guid importId) =>
        session.First<ImportRecord>($"select {Columns} from activities.imports where import_id = @importId", new { importId });

    /// <summary>The same, kept still until the transaction ends.</summary>
    public static Task<ImportRecord?> Hold(Session session, Guid importId) =>
        session.First<ImportRecord>($"select {Columns} from activities.imports where import_id = @importId for update", new { importId });

    public static async Task<ImportSummary?> Summary(Session session, Guid importId) =>
        (await session.First<ImportRecord>($"select {SummaryColumns} from activities.imports where import_id = @importId", new { importId }))?.Summary();

    public static Task<int> Insert(Session session, Guid importId, string source, byte[]? sha256, string? fileName, Guid? templateId, ImportOptions options, DateTimeOffset now, Guid? corrects = null, IReadOnlySet<Guid>? within = null, Guid? sourceId = null) =>
        session.Execute(
            """
            insert into activities.imports (tenant_id, import_id, source, sha256, file_name, template_id, options, created_by, created_at, corrects, within_facilities, source_id)
            values (@tenant, @importId, @source, @sha256, @fileName, @templateId, @options::jsonb, @actor, @now, @corrects, @within, @sourceId)
            """,
            new
            {
                tenant = session.Tenant.Value, importId, source, sha256, fileName, templateId, corrects, sourceId, within = within?.ToArray(),
                options = JsonSerializer.Serialize(options, Json.Options), actor = session.Caller.Actor, now,
            });

    /// <summary>An import that is read in one transaction: its counts, and the event that tells of it.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="importId">The import.</param>
    /// <param name="quantities">Its counts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="mayRepeat">Whether something of it may be there twice: then it is looked for.</param>
    /// <param name="note">What its owner should know.</param>
    /// <param name="tells">False for one that is posted in the same transaction.</param>
    public static async Task Close(Session session, Guid importId, ImportQuantities quantities, TimeProvider time, bool mayRepeat, string? note = null, bool tells = true)
    {
        var rows = quantities.Rows;
        await session.Execute(
            """
            update activities.imports
            set status = 'read', last_row = @total, rows_read = @total, rows_total = @total, calculated = @calculated, estimated = @estimated,
                excluded = @excluded, duplicate = @duplicate, rejected = @rejected, quantities = @sums::jsonb, notes = @notes::jsonb, finished_at = @now,
                checked_at = case when not @mayRepeat then @now end, version = version + 1
            where import_id = @importId
            """,
            new
            {
                mayRepeat, notes = JsonSerializer.Serialize<string[]>(note is null ? [] : [note]), importId, total = rows.Sum(), calculated = rows[0], estimated = rows[1], excluded = rows[2], duplicate = rows[3], rejected = rows[4],
                sums = quantities.Write(), now = time.GetUtcNow(),
            });
        if (tells)
        {
            await Outbox.Tell(session, "import.read", new { import_id = importId }, time);
        }

        if (mayRepeat)
        {
            await FindDuplicates.Enqueue(session, importId);
        }
    }

    public ImportSummary Summary() => new(
        ImportId, Source, Status, FileName, Sha256 is null ? null : Convert.ToHexStringLower(Sha256), RowsRead, RowsTotal,
        new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["calculated"] = Calculated, ["estimated"] = Estimated, ["excluded"] = Excluded, ["duplicate"] = Duplicate, ["rejected"] = Rejected,
        },
        [.. ImportQuantities.Read(Quantities)],
        CheckedAt is null ? null : new ImportFlags(FlagsOpen, FlagsDecided, (FlagsCo2eKg ?? 0m) / 1000m),
        Imports.UnknownPlaces.Read(UnknownPlaces),
        JsonSerializer.Deserialize<string[]>(Notes)!,
        Problem is null ? null : JsonSerializer.Deserialize<Problem>(Problem, Json.Options),
        Instant(CreatedAt), CreatedBy, FinishedAt is { } finished ? Instant(finished) : null, UndoneAt is { } undone ? Instant(undone) : null,
        UndoneReason, Version) { SourceId = SourceId };

    private static DateTimeOffset Instant(DateTime at) => new(DateTime.SpecifyKind(at, DateTimeKind.Utc));
}

/// <summary>Quantities by unit and disposition, and how the database keeps them: unit -> disposition -> [sum, rows].</summary>
internal sealed class ImportQuantities
{
    private static readonly string[] Names = [.. Enum.GetNames<Disposition>().Select(name => name.ToLowerInvariant())];

    private readonly Dictionary<(string Unit, Disposition Disposition), (ExactSum Sum, long Rows)> sums = [];

    public long[] Rows { get; } = new long[Names.Length];

    /// <summary>What was taken without the facility or entity it names.</summary>
    public UnknownPlaces Unknown { get; private init; } = new();

    public static ImportQuantities Of(ImportRecord import)
    {
        var quantities = new ImportQuantities { Unknown = UnknownPlaces.Of(import.UnknownPlaces) };
        (long Count, Disposition Disposition)[] counts =
        [
            (import.Calculated, Disposition.Calculated), (import.Estimated, Disposition.Estimated), (import.Excluded, Disposition.Excluded),
            (import.Duplicate, Disposition.Duplicate), (import.Rejected, Disposition.Rejected),
        ];
        foreach (var (count, disposition) in counts)
        {
            quantities.Rows[(int)disposition] = count;
        }

        foreach (var part in Read(import.Quantities))
        {
            var sum = default(ExactSum);
            sum.Add(part.Quantity);
            quantities.sums[(part.Unit, Enum.Parse<Disposition>(part.Disposition, ignoreCase: true))] = (sum, part.Rows);
        }

        return quantities;
    }

    public ImportQuantities Copy()
    {
        var copy = new ImportQuantities { Unknown = Unknown.Copy() };
        Rows.CopyTo(copy.Rows, 0);
        foreach (var (key, sum) in sums)
        {
            copy.sums[key] = sum;
        }

        return copy;
    }

    public void Add(Disposition disposition, string? unit, decimal quantity)
    {
        Rows[(int)disposition]++;
        if (unit is null)
        {
            return;
        }

        ref var sum = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(sums, (unit, disposition), out _);
        sum.Sum.Add(quantity);
        sum.Rows++;
    }

    /// <summary>Many rows at once, whose sum is known.</summary>
    public void Add(Disposition disposition, string unit, decimal sum, long rows)
    {
        Add(disposition, unit, sum);
        Rows[(int)disposition] += rows - 1;
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(sums, (unit, disposition), out _).Rows += rows - 1;
    }

    public string Write() => JsonSerializer.Serialize(sums.GroupBy(pair => pair.Key.Unit, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(
        unit => unit.Key,
        unit => unit.ToDictionary(
            pair => Names[(int)pair.Key.Disposition],
            pair => new object[] { pair.Value.Sum.Value.ToString(CultureInfo.InvariantCulture), pair.Value.Rows },
            StringComparer.Ordinal),
        StringComparer.Ordinal));

    public static IEnumerable<ImportedQuantity> Read(string json)
    {
        foreach (var (unit, dispositions) in JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, JsonElement[]>>>(json)!)
        {
            foreach (var (disposition, pair) in dispositions)
            {
                yield return new ImportedQuantity(unit, disposition, decimal.Parse(pair[0].GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture), pair[1].GetInt64());
            }
        }
    }
}
