using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Imports;

/// <summary>Saves what a sender says about files of one make, to be named when the next one comes.</summary>
internal static class ImportTemplates
{
    /// <param name="Name">Unique in the organisation.</param>
    /// <param name="Options">As an import takes them.</param>
    public sealed record Request(string Name, ImportOptions Options);

    public sealed record Template(Guid TemplateId, string Name, ImportOptions Options, DateTimeOffset UpdatedAt, int Version) : IVersioned;

    private static readonly ListShape Shape = new ListShape("template_id", FieldKind.Id, "name").Filter("name").Sort("name");

    public static void Map(IEndpointRouteBuilder templates)
    {
        templates.MapGet("/", async (ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, async session => Shaped(await query.Page<Row>(session, Select)), ct)).ToOk())
            .Lists<Template>(Shape).WithName("ListImportTemplates").WithSummary("Saved ways to read a file.");
        templates.MapPost("/", async (Request request, Caller caller, Database database, ReferenceData data, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Create(request, session, data, time), ct)).ToCreated(made => $"/api/v1/import-templates/{made.TemplateId}"))
            .WithName("CreateImportTemplate").WithSummary("Save a way to read a file.").Produces<Template>(StatusCodes.Status201Created);
        templates.MapGet("/{id:guid}", async (Guid id, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => Find(session, id), ct)).ToOk())
            .WithName("GetImportTemplate").WithSummary("One saved way to read a file.").Produces<Template>();
        templates.MapPut("/{id:guid}", async (Guid id, Request request, IfMatch match, Caller caller, Database database, ReferenceData data, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Change(id, request, match, session, data, time), ct)).ToOk())
            .WithName("ReplaceImportTemplate").WithSummary("Change a saved way to read a file.").Produces<Template>();
        templates.MapDelete("/{id:guid}", async (Guid id, Caller caller, Database database, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Delete(id, session, time), ct)).ToNoContent())
            .WithName("DeleteImportTemplate").WithSummary("Take a saved way to read a file away.").Produces(StatusCodes.Status204NoContent);
    }

    private const string Select = "select template_id, name, options::text as options, updated_at, version from activities.import_templates where deleted_at is null";

    /// <summary>The options of a template, or null.</summary>
    public static async Task<ImportOptions?> Options(Session session, Guid templateId) =>
        (await Find(session, templateId)).TryValue(out var template, out _) ? template.Options : null;

    /// <summary>All, by their names.</summary>
    public static Task<IReadOnlyList<(Guid Id, string Name)>> Names(Session session) =>
        session.Query<(Guid Id, string Name)>("select template_id, name from activities.import_templates where deleted_at is null order by lower(name)");

    /// <summary>The template that goes by a name, or has the id.</summary>
    public static Task<Guid?> Named(Session session, string nameOrId) => session.First<Guid?>(
        "select template_id from activities.import_templates where deleted_at is null and (lower(name) = lower(@nameOrId) or template_id::text = lower(@nameOrId)) order by name = @nameOrId desc limit 1",
        new { nameOrId });

    private static async Task<Result<Template>> Create(Request request, Session session, ReferenceData data, TimeProvider time)
    {
        if (Check(request, data) is { } problem)
        {
            return problem;
        }

        var id = Guid.CreateVersion7();
        var made = await session.Execute(
            """
            insert into activities.import_templates (tenant_id, template_id, name, options, created_at, updated_at)
            values (@tenant, @id, @Name, @options::jsonb, @now, @now) on conflict do nothing
            """,
            new { tenant = session.Tenant.Value, id, request.Name, options = Written(request), now = time.GetUtcNow() });
        return made == 1 ? await Find(session, id) : Taken(request.Name);
    }

    private static async Task<Result<Template>> Change(Guid id, Request request, IfMatch match, Session session, ReferenceData data, TimeProvider time)
    {
        if (!(await Find(session, id)).TryValue(out var there, out var problem))
        {
            return problem;
        }

        if ((Check(request, data) ?? match.Check(there.Version)) is { } wrong)
        {
            return wrong;
        }

        if (await session.First<Guid?>("select template_id from activities.import_templates where name = @Name and template_id <> @id", new { request.Name, id }) is not null)
        {
            return Taken(request.Name);
        }

        var changed = await session.Execute(
            """
            update activities.import_templates set name = @Name, options = @options::jsonb, updated_at = @now, version = version + 1
            where template_id = @id and version = @Version
            """,
            new { request.Name, options = Written(request), now = time.GetUtcNow(), id, there.Version });
        return changed == 1 ? await Find(session, id) : new IfMatch(there.Version).Check(there.Version + 1)!;
    }

    // Its name is free again: the row stays for the imports that were read by it.
    private static async Task<Result<Guid>> Delete(Guid id, Session session, TimeProvider time)
    {
        if (await session.First<string?>("select min(name) from activities.sources where template_id = @id and deleted_at is null", new { id }) is { } user)
        {
            return new Problem("template.in-use", "id", user, "a template that no source reads its files by", "Choose another one for the source first.") { Kind = ProblemKind.Conflict };
        }

        return await session.Execute(
            """
            update activities.import_templates set deleted_at = @now, updated_at = @now, version = version + 1, name = name || ' (deleted ' || template_id || ')'
            where template_id = @id and deleted_at is null
            """,
            new { id, now = time.GetUtcNow() }) == 1 ? id : Problem.NotFound("template", id.ToString());
    }

    private static async Task<Result<Template>> Find(Session session, Guid id) =>
        await session.First<Row>($"{Select} and template_id = @id", new { id }) is { } row ? row.Template() : Problem.NotFound("template", id.ToString());

    private static Problem? Check(Request request, ReferenceData data) => string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 200
        ? new Problem("template.name", "name", request.Name, "a name of 1 to 200 characters", "Say what files it is for.")
        : request.Options.Check(data);

    private static Problem Taken(string name) =>
        new("template.name-taken", "name", name, "a name that no other template has", "Choose another name, or change the template that has it.") { Kind = ProblemKind.Conflict };

    private static string Written(Request request) => JsonSerializer.Serialize(request.Options, Json.Options);

    private static Page<Template> Shaped(Page<Row> page) => new([.. page.Items.Select(row => row.Template())], page.Next);

    private sealed class Row
    {
        public Guid TemplateId { get; init; }

        public string Name { get; init; } = "";

        public string Options { get; init; } = "{}";

        public DateTimeOffset UpdatedAt { get; init; }

        public int Version { get; init; }

        public Template Template() => new(TemplateId, Name, JsonSerializer.Deserialize<ImportOptions>(Options, Json.Options)!, UpdatedAt, Version);
    }
}
