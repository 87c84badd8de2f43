using System.Text.Json;
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

/// <summary>Connects a source: from then on its file is fetched by its time table.</summary>
internal static class CreateSource
{
    private const int Most = 100;

    private const string Example = """
        {
          "name": "Meter readings of the north plant",
          "url": "https://readings.example.com/export/2026.csv",
          "header_name": "Authorization",
          "header_value": "Bearer 5f0c2b7e1a52",
          "options": { "decimal": "comma", "facility": "KAS" },
          "cron": "30 2 * * *",
          "time_zone": "Europe/Berlin"
        }
        """;

    public static void Map(IEndpointRouteBuilder sources) =>
        sources.MapPost("/", async (SourceForm request, Caller caller, Database database, OutboundHttp outbound, Seals seals, ReferenceData data, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(request, session, outbound, seals, data, time), ct)).ToCreated(made => $"/api/v1/sources/{made.SourceId}"))
            .WithName("CreateSource").WithSummary("Connect a source: a file that is fetched by HTTPS on a schedule.").Produces<Source>(StatusCodes.Status201Created)
            .WithMetadata(new RequestExample(Example));

    public static async Task<Result<Source>> Handle(SourceForm form, Session session, OutboundHttp outbound, Seals seals, ReferenceData data, TimeProvider time)
    {
        if (await form.Check(session, outbound, data) is { } problem)
        {
            return problem;
        }

        if (form.HeaderName is not null && form.HeaderValue is null)
        {
            return NoValue();
        }

        if (await session.First<long>("select count(*) from activities.sources where deleted_at is null") >= Most)
        {
            return new Problem("source.count", "name", $"{Most} sources", $"fewer than {Most}", "Delete those that are not needed any more.") { Kind = ProblemKind.Conflict };
        }

        var id = Guid.CreateVersion7();
        var row = Stored(id, form, session, time);
        var made = await session.Execute(
            """
            insert into activities.sources (tenant_id, source_id, name, type, url, header_name, template_id, options, cron, time_zone, enabled, created_at, created_by, updated_at)
            values (@Tenant, @Id, @Name, @Type, @Url, @HeaderName, @TemplateId, @Options::jsonb, @Cron, @TimeZone, @Enabled, @Now, @Actor, @Now) on conflict do nothing
            """,
            row);
        if (made == 0)
        {
            return Taken(form.Name!);
        }

        if (form.HeaderValue is { } secret)
        {
            await SourceSecrets.Set(session, seals, id, secret);
        }

        await SetSchedule(session, row, time);
        return await Source.Find(session, id, time);
    }

    /// <summary>The form with what it leaves out, as columns.</summary>
    internal static Columns Stored(Guid id, SourceForm form, Session session, TimeProvider time) => new(
        session.Tenant.Value, id, form.Name!.Trim(), form.Type ?? Source.HttpsFile, form.Url!, form.HeaderName, form.TemplateId, JsonSerializer.Serialize(form.Options ?? new(), Json.Options),
        form.Cron ?? SourceForm.Nightly(id), form.TimeZone ?? "Etc/UTC", form.Enabled ?? true, time.GetUtcNow(), session.Caller.Actor);

    internal sealed record Columns(
        Guid Tenant, Guid Id, string Name, string Type, string Url, string? HeaderName, Guid? TemplateId, string Options, string Cron, string TimeZone, bool Enabled, DateTimeOffset Now, string Actor);

    /// <summary>One that is enabled has a time table, another one none.</summary>
    internal static async Task SetSchedule(Session session, Columns row, TimeProvider time)
    {
        if (!row.Enabled)
        {
            await JobSchedules.Remove(session, Schedule(row.Id));
            return;
        }

        var set = await JobSchedules.Set(session, new NewSchedule(Schedule(row.Id), FetchSource.Job(row.Id), row.Cron, row.TimeZone), time);
        if (set.Problem is { } wrong)
        {
            throw new InvalidOperationException($"A time table that was checked is refused: {wrong.Code}.");
        }
    }

    internal static string Schedule(Guid id) => $"source {id}";

    internal static Problem Taken(string name) =>
        new Problem("source.name-taken", "name", name, "a name that no other source has", "Choose another name, or change the source that has it.") { Kind = ProblemKind.Conflict };

    internal static Problem NoValue() =>
        new("source.header-value", "header_value", "nothing", "the value of the header", "Give header_value, such as Bearer and the token; it is sealed and never shown again.");
}
