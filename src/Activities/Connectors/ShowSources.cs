using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Connectors;

/// <summary>Lists sources, shows one, and tells what came of each attempt to fetch it.</summary>
internal static class ShowSources
{
    private static readonly ListShape Shape = new ListShape("source_id", FieldKind.Id, "name").Filter("name").Sort("name").Sort("created_at", FieldKind.Instant);

    private static readonly ListShape FetchShape = new ListShape("fetch_id", FieldKind.Id, "-fetch_id").Filter("outcome").Range("started_at", FieldKind.Instant);

    public static void Map(IEndpointRouteBuilder sources)
    {
        sources.MapGet("/", async (ListQuery query, Caller caller, Database database, TimeProvider time, CancellationToken ct) =>
            (await database.Read(caller, async session => Shown(await query.Page<Source.Row>(session, Source.Select), time), ct)).ToOk())
            .Lists<Source>(Shape).WithName("ListSources").WithSummary("Connected sources, with what came of the last fetch.");
        sources.MapGet("/{id:guid}", async (Guid id, Caller caller, Database database, TimeProvider time, CancellationToken ct) =>
            (await database.Read(caller, session => Source.Find(session, id, time), ct)).ToOk())
            .WithName("GetSource").WithSummary("One source.").Produces<Source>();
        sources.MapGet("/{id:guid}/fetches", async (Guid id, ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => Fetches(id, query, session), ct)).ToOk())
            .Lists<SourceFetch>(FetchShape).WithName("ListSourceFetches").WithSummary("Every attempt to fetch a source, the latest first: what was answered, and what came of it.");
    }

    /// <summary>All, by their names.</summary>
    internal static async Task<IReadOnlyList<Source>> All(Session session, TimeProvider time) =>
        [.. (await session.Query<Source.Row>($"{Source.Select} order by lower(s.name)")).Select(row => row.Shown(time.GetUtcNow()))];

    /// <summary>The latest attempts.</summary>
    internal static async Task<IReadOnlyList<SourceFetch>> Latest(Session session, Guid id, int most) =>
        [.. (await session.Query<string>($"select row_to_json(f)::text from ({SourceFetch.Select} where source_id = @id order by fetch_id desc limit @most) f", new { id, most })).Select(Read)];

    private static async Task<Result<Page<SourceFetch>>> Fetches(Guid id, ListQuery query, Session session)
    {
        if (await Source.Read(session, id) is null)
        {
            return Problem.NotFound("source", id.ToString());
        }

        var page = await query.Page<FetchRow>(
            session, $"select f.fetch_id, f.outcome, f.started_at, row_to_json(f)::text as body from ({SourceFetch.Select} where source_id = @id) f", new { id });
        return new Page<SourceFetch>([.. page.Items.Select(row => Read(row.Body))], page.Next);
    }

    private static SourceFetch Read(string json) => JsonSerializer.Deserialize<SourceFetch>(json, Json.Options)!;

    private static Page<Source> Shown(Page<Source.Row> page, TimeProvider time) => new([.. page.Items.Select(row => row.Shown(time.GetUtcNow()))], page.Next);

    private sealed class FetchRow
    {
        public string Body { get; init; } = "";
    }
}
