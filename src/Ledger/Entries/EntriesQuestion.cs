using System.Globalization;
using Npgsql;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Entries;

/// <summary>Which entries are asked for, in the order they were posted in.</summary>
public sealed record EntriesQuestion
{
    public DateOnly? From { get; init; }

    public DateOnly? To { get; init; }

    public int? Scope { get; init; }

    public int? Category { get; init; }

    public Guid? Entity { get; init; }

    public Guid? Facility { get; init; }

    public string? Kind { get; init; }

    public string? Status { get; init; }

    public string? Role { get; init; }

    public Basis? Basis { get; init; }

    public Guid? Activity { get; init; }

    public long? Run { get; init; }

    /// <summary>What was asked to be posted: an import.</summary>
    public Guid? Posting { get; init; }

    public Tier? Tier { get; init; }

    /// <summary>What was known at an instant, or null for now.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>The next of the page before, or null.</summary>
    public string? Cursor { get; init; }

    public int Limit { get; init; } = Platform.Http.Cursor.DefaultLimit;

    internal async Task<Result<Page<EntryView>>> Read(Session session, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand { Connection = session.Connection, Transaction = session.Transaction };
        var where = new List<string>();
        Add("e.month >= {0}", From);
        Add("e.month <= {0}", To);
        Add("e.scope = {0}", (short?)Scope);
        Add("e.category = {0}", (short?)Category);
        Add("e.entity_id = {0}", Entity);
        Add("e.facility_id = {0}", Facility);
        Add("e.activity_id = {0}", Activity);
        Add("e.run_no = {0}", Run);
        Add("e.run_no in (select run_no from ledger.runs where posting_id = {0})", Posting);
        AddText("e.calculation_id in (select calculation_id from ledger.calculations where body::jsonb ->> 'tier' = {0})", Tier?.ToString().ToLowerInvariant());
        AddText("e.kind = {0}", Kind);
        AddText("e.status = {0}", Status);
        AddText("e.role = {0}", Role);
        AddText("e.basis = {0}", Basis is { } basis ? Entry.Name(basis) : null);
        Add("e.run_no <= (select coalesce(max(run_no), 0) from ledger.runs where posted_at <= {0})", AsOf);
        if (Cursor is not null)
        {
            if (Platform.Http.Cursor.Read(Cursor, 2) is not [var run, var line]
                || !long.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out var afterRun)
                || !int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var afterLine))
            {
                return Platform.Http.Cursor.Bad(Cursor);
            }

            where.Add($"(e.run_no, e.line) > (${command.Parameters.Count + 1}, ${command.Parameters.Count + 2})");
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = afterRun });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = afterLine });
        }

        command.CommandText = $"""
            select {EntryRows.Columns}, e.restates from ledger.entries e
            {(where.Count == 0 ? "" : "where " + string.Join(" and ", where))}
            order by e.run_no, e.line limit {(Limit + 1).ToString(CultureInfo.InvariantCulture)}
            """;
        var found = await EntryView.Read(session, command, ct);
        if (found.Count <= Limit)
        {
            return new Page<EntryView>(found, null);
        }

        var (lastRun, lastLine) = EntryView.Parse(found[Limit - 1].Id)!.Value;
        return new Page<EntryView>(
            found.Take(Limit).ToList(), Platform.Http.Cursor.Write(lastRun.ToString(CultureInfo.InvariantCulture), lastLine.ToString(CultureInfo.InvariantCulture)));

        void Add<T>(string condition, T? value)
            where T : struct
        {
            if (value is { } given)
            {
                command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = given });
                where.Add(string.Format(CultureInfo.InvariantCulture, condition, $"${command.Parameters.Count}"));
            }
        }

        void AddText(string condition, string? value)
        {
            if (value is not null)
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
                where.Add(string.Format(CultureInfo.InvariantCulture, condition, $"${command.Parameters.Count}"));
            }
        }
    }
}
