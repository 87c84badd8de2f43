using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Outbound;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Connectors;

/// <summary>
/// Changes a source, or takes it away. Whoever changes where a source leads gives its secret again: a secret that somebody else has entrusted goes nowhere else
/// than where they said.
/// </summary>
internal static class ChangeSource
{
    private const string Example = """{ "cron": "0 6 * * 1-5", "time_zone": "Europe/Berlin", "enabled": true }""";

    public static void Map(IEndpointRouteBuilder sources)
    {
        sources.MapPatch("/{id:guid}", async (Guid id, MergePatch<SourceForm> patch, IfMatch match, Caller caller, Database database, OutboundHttp outbound, Seals seals, ReferenceData data, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(id, patch, match, session, outbound, seals, data, time), ct)).ToOk())
            .WithName("ChangeSource").WithSummary("Change a source; header_value stays when it is left out.").Produces<Source>().WithMetadata(new RequestExample(Example));
        sources.MapDelete("/{id:guid}", async (Guid id, IfMatch match, Caller caller, Database database, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Delete(id, match, session, time), ct)).ToNoContent())
            .WithName("DeleteSource").WithSummary("Take a source away with its secret; what was imported stays.").Produces(StatusCodes.Status204NoContent);
    }

    public static async Task<Result<Source>> Handle(
        Guid id, MergePatch<SourceForm> patch, IfMatch match, Session session, OutboundHttp outbound, Seals seals, ReferenceData data, TimeProvider time)
    {
        if (await Source.Hold(session, id) is not { } there)
        {
            return Problem.NotFound("source", id.ToString());
        }

        if (match.Check(there.Version) is { } stale)
        {
            return stale;
        }

        var form = patch.ApplyTo(Form(there));
        if ((await form.Check(session, outbound, data) ?? NeedsSecretAgain(form, there)) is { } problem)
        {
            return problem;
        }

        if (await session.First<bool>("select exists (select from activities.sources where lower(name) = lower(@Name) and source_id <> @id and deleted_at is null)", new { Name = form.Name!.Trim(), id }))
        {
            return CreateSource.Taken(form.Name);
        }

        var row = CreateSource.Stored(id, form, session, time);
        await session.Execute(
            """
            update activities.sources set name = @Name, url = @Url, header_name = @HeaderName, template_id = @TemplateId, options = @Options::jsonb, cron = @Cron, time_zone = @TimeZone,
                enabled = @Enabled, updated_at = @Now, version = version + 1
            where source_id = @Id
            """,
            row);
        if (row.Url != there.Url || row.TemplateId != there.TemplateId || row.Options != CreateSource.Stored(id, Form(there), session, time).Options)
        {
            // What the same bytes come to may be something else now.
            await session.Execute("update activities.sources set etag = null, last_modified = null, sha256 = null where source_id = @id", new { id });
        }

        if (form.HeaderName is null)
        {
            await SourceSecrets.Remove(session, id);
        }
        else if (form.HeaderValue is { } secret)
        {
            await SourceSecrets.Set(session, seals, id, secret);
        }

        await CreateSource.SetSchedule(session, row, time);
        return await Source.Find(session, id, time);
    }

    /// <summary>The form that would make it what it is; without its secret.</summary>
    internal static SourceForm Form(Source.Row there) => new(
        there.Name, there.Url, there.Type, there.HeaderName, HeaderValue: null, there.TemplateId, there.ReadOptions(), there.Cron, there.TimeZone, there.Enabled);

    /// <summary>Whether a form would send the secret that is kept elsewhere, or in another way, than its owner said.</summary>
    internal static Problem? NeedsSecretAgain(SourceForm form, Source.Row there) =>
        form.HeaderName is null || form.HeaderValue is not null || (form.Url == there.Url && form.HeaderName == there.HeaderName) ? null
        : there.HeaderName is null ? CreateSource.NoValue()
        : new Problem("source.secret-again", "header_value", "another address or another header", "the value of the header, once more", "Give the value of the header, too (header_value): a secret is sent nowhere else than where it was given for.");

    public static async Task<Result<Guid>> Delete(Guid id, IfMatch match, Session session, TimeProvider time)
    {
        if (await Source.Hold(session, id) is not { } there)
        {
            return Problem.NotFound("source", id.ToString());
        }

        if (match.Check(there.Version) is { } stale)
        {
            return stale;
        }

        await session.Execute(
            "update activities.sources set deleted_at = @now, updated_at = @now, enabled = false, etag = null, last_modified = null, version = version + 1 where source_id = @id", new { id, now = time.GetUtcNow() });
        await SourceSecrets.Remove(session, id);
        await JobSchedules.Remove(session, CreateSource.Schedule(id));
        return id;
    }
}
