using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Records;

/// <summary>How far a stream of lines came that its client gave a name.</summary>
/// <param name="Stream">The client's own name for it: of a meter, of a file, of a day.</param>
/// <param name="Lines">Lines that are committed, rejected ones among them.</param>
internal sealed record StreamCursor(string Stream, long Lines)
{
    private const int LongestName = 200;

    /// <summary>The cursor; at 0 for a name that was not used yet.</summary>
    public static async Task<StreamCursor> Find(Session session, string stream) =>
        new(stream, await session.First<long>("select lines from activities.streams where stream = @stream", new { stream }));

    /// <summary>What is wrong with how a body is said to be read, or null.</summary>
    public static Problem? Check(StreamActivities.Position position) =>
        position.Stream is { } name && (name.Length is 0 or > LongestName || name.Contains('\0', StringComparison.Ordinal))
            ? new Problem("stream.name", "stream", $"{name.Length} characters", $"a name of 1 to {LongestName} characters", "Correct the name.")
        : position.Offset < 0 || position.After < 0
            ? new Problem("stream.position", "offset", $"{position.Offset ?? position.After}", "0 or more", "Correct the number of lines.")
        : null;

    /// <summary>Moves the cursor in the transaction that writes the lines; a problem when another connection has moved it meanwhile.</summary>
    public static async Task<Problem?> Advance(Session session, string stream, long from, long to, TimeProvider time)
    {
        var moved = await session.Execute(
            """
            insert into activities.streams as s (tenant_id, stream, lines, updated_at) values (@tenant, @stream, @to, @now)
            on conflict (tenant_id, stream) do update set lines = @to, updated_at = @now where s.lines <= @from
            """,
            new { tenant = session.Tenant.Value, stream, from, to, now = time.GetUtcNow() });
        return moved == 1 ? null : new Problem(
            "stream.moved", "stream", "another connection that sends the same stream", "one connection for each stream", "End the other one, ask for the cursor, and go on from there.") { Kind = ProblemKind.Conflict };
    }
}
