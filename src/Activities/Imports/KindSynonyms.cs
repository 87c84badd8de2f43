using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Imports;

/// <summary>What an organisation calls kinds: asked before the library's own names, in every file and request.</summary>
internal static class KindSynonyms
{
    /// <param name="Name">As it stands in files; case does not matter.</param>
    /// <param name="Kind">A kind's key, or a name the library knows.</param>
    /// <param name="ImportId">Of the rejected row that is corrected by it, or null: then it is stated, else learned.</param>
    public sealed record Request(string Name, string Kind, Guid? ImportId = null);

    public sealed record Synonym(string Name, string Kind, string Origin, DateTimeOffset CreatedAt, string CreatedBy);

    private static readonly ListShape Shape = new ListShape("name", FieldKind.Text).Filter("kind").Filter("origin");

    public static void Map(IEndpointRouteBuilder synonyms)
    {
        synonyms.MapGet("/", async (ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, async session => Shown(await query.Page<Row>(session, "select name, kind, origin, created_at, created_by from activities.kind_synonyms")), ct)).ToOk())
            .Lists<Synonym>(Shape).WithName("ListKindSynonyms").WithSummary("What this organisation calls kinds.");
        synonyms.MapPost("/", async (Request request, Caller caller, Database database, ReferenceData data, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(request, session, data, time), ct)).ToCreated(_ => "/api/v1/kind-synonyms"))
            .WithName("SetKindSynonym").WithSummary("Say which kind a name stands for, from the next import on.").Produces<Synonym>(StatusCodes.Status201Created);
        synonyms.MapDelete("/", async (string name, Caller caller, Database database, CancellationToken ct) =>
            (await database.Write(caller, session => Delete(name, session), ct)).ToNoContent())
            .WithName("DeleteKindSynonym").WithSummary("Forget a name.").Produces(StatusCodes.Status204NoContent);
    }

    /// <summary>Within a transaction of the tenant. Again: the last word counts.</summary>
    public static async Task<Result<Synonym>> Handle(Request request, Session session, ReferenceData data, TimeProvider time)
    {
        var name = (request.Name ?? "").Trim().ToLowerInvariant();
        if (name.Length is 0 or > 300 || name.Contains('\0', StringComparison.Ordinal))
        {
            return new Problem("synonym.name", "name", name, "a name of 1 to 300 characters", "Write the name as it stands in the files.");
        }

        if (data.Kinds.Find(request.Kind ?? "") is not { } kind)
        {
            return Rows.RowProblems.UnknownKind(request.Kind, data);
        }

        if (request.ImportId is { } import && await ImportRecord.Find(session, import) is null)
        {
            return Problem.NotFound("import", import.ToString());
        }

        var made = await session.First<Row>(
            """
            insert into activities.kind_synonyms (tenant_id, name, kind, origin, created_at, created_by)
            values (@tenant, @name, @Key, @origin, @now, @actor)
            on conflict (tenant_id, name) do update set kind = excluded.kind, origin = excluded.origin, created_at = excluded.created_at, created_by = excluded.created_by
            returning name, kind, origin, created_at, created_by
            """,
            new { tenant = session.Tenant.Value, name, kind.Key, origin = request.ImportId is null ? "stated" : "learned", now = time.GetUtcNow(), actor = session.Caller.Actor });
        return made!.Shown();
    }

    private static async Task<Result<string>> Delete(string name, Session session) =>
        await session.Execute("delete from activities.kind_synonyms where name = @name", new { name = name.Trim().ToLowerInvariant() }) == 1
            ? name
            : Problem.NotFound("synonym", name);

    private static Page<Synonym> Shown(Page<Row> page) => new([.. page.Items.Select(row => row.Shown())], page.Next);

    private sealed class Row
    {
        public string Name { get; init; } = "";

        public string Kind { get; init; } = "";

        public string Origin { get; init; } = "";

        public DateTimeOffset CreatedAt { get; init; }

        public string CreatedBy { get; init; } = "";

        public Synonym Shown() => new(Name, Kind, Origin, CreatedAt, CreatedBy);
    }
}
