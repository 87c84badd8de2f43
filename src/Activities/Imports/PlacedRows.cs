using System.Data;
using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Imports;

/// <summary>The job that gives rows of an import the facility or entity that they name, once it is known: new versions, delivered by corrections.</summary>
internal sealed class PlacedRows(Database database, TimeProvider time) : IJobHandler
{
    public const string JobName = "place-import";

    /// <summary>Rows of one transaction and one correction: the database moves them, none comes here.</summary>
    private const int Part = 50_000;

    // Last versions only, and only while the name is open: again, or after a person has corrected the row, there is nothing to do.
    private const string Place = """
        with brought as (
            select activity_id, row_no from activities.activities
            where tenant_id = @tenant and import_id = @importId and row_no > @after and not withdrawn
              and (columns->>'facility' = any(@facilityNames) or columns->>'entity' = any(@entityNames))
            order by row_no limit @rows),
        open as (
            select last.*, brought.row_no as place, f.id as new_facility, f.entity as new_owner, f.region as new_region, e.id as new_entity
            from brought
            cross join lateral (
                select * from activities.activities later
                where later.tenant_id = @tenant and later.activity_id = brought.activity_id order by version desc limit 1) last
            left join unnest(@facilityNames, @facilityIds, @facilityOwners, @facilityRegions) as f (name, id, entity, region) on last.columns->>'facility' = f.name
            left join unnest(@entityNames, @entityIds) as e (name, id) on last.columns->>'entity' = e.name
            where not last.withdrawn and (f.id is not null or e.id is not null)),
        placed as (
            insert into activities.activities (
                tenant_id, activity_id, version, import_id, row_no, source_key, kind, quantity, unit, region, start_on, end_on, quality,
                entity_id, facility_id, meter, invoice, factor_id, factor_value, columns, disposition, withdrawn, recorded_at, recorded_by)
            select tenant_id, activity_id, version + 1, @correction, row_number() over (order by place), source_key, kind, quantity, unit, coalesce(region, new_region),
                start_on, end_on, quality, coalesce(new_entity, entity_id, new_owner), coalesce(new_facility, facility_id), meter, invoice, factor_id, factor_value,
                nullif(columns - case when new_facility is null then '' else 'facility' end - case when new_entity is null then '' else 'entity' end, '{}'),
                disposition, false, @now, @actor
            from open
            on conflict (tenant_id, activity_id, version) do nothing
            returning 1)
        select max(row_no) as last_row, (select count(*) from placed) as placed from brought
        """;

    public sealed record Arguments(Guid ImportId, string Reason, IReadOnlyList<PlaceRows.Placed> Places);

    public string Name => JobName;

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var asked = job.Arguments.Deserialize<Arguments>(Json.Options)!;
        var (after, total) = (0L, 0L);
        while (true)
        {
            await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
            if (await ImportRecord.Find(session, asked.ImportId) is not { Status: "read" })
            {
                return; // Undone in between.
            }

            var correction = Guid.CreateVersion7();
            var part = (await session.First<PartEnd>(Place, await Parameters(asked, correction, after, session)))!;
            if (part.LastRow is not { } last)
            {
                await Finish(asked, session);
                await job.Save(session, new { last_row = after }, total, total);
                await session.Commit();
                return;
            }

            if (part.Placed > 0)
            {
                await Close(asked, correction, session);
            }

            (after, total) = (last, total + part.Placed);
            await job.Save(session, new { last_row = after }, total, null);
            await session.Commit();
        }
    }

    private async Task<object> Parameters(Arguments asked, Guid correction, long after, Session session)
    {
        var sites = await OrganizationQueries.Facilities(session);
        var facilities = asked.Places.Where(place => place.Field == "facility").Select(place => (place.Name, Site: sites.Find(place.PlaceId)!)).ToList();
        var entities = asked.Places.Where(place => place.Field == "entity").ToList();
        return new
        {
            tenant = session.Tenant.Value, importId = asked.ImportId, correction, after, rows = Part, now = time.GetUtcNow(), actor = session.Caller.Actor,
            facilityNames = facilities.Select(one => one.Name).ToArray(),
            facilityIds = facilities.Select(one => one.Site.FacilityId).ToArray(),
            facilityOwners = facilities.Select(one => one.Site.EntityId).ToArray(),
            facilityRegions = facilities.Select(one => one.Site.Place).ToArray(),
            entityNames = entities.Select(one => one.Name).ToArray(),
            entityIds = entities.Select(one => one.PlaceId).ToArray(),
        };
    }

    private async Task Close(Arguments asked, Guid correction, Session session)
    {
        await ImportRecord.Insert(session, correction, "correction", null, null, null, new ImportOptions(), time.GetUtcNow(), asked.ImportId);
        var (quantities, mayRepeat) = (new ImportQuantities(), false);
        foreach (var (unit, disposition, sum, rows, repeats) in await session.Query<(string, string, decimal, long, bool)>(
            """
            select unit, disposition, trim_scale(sum(quantity)), count(*), bool_or(meter is not null or invoice is not null)
            from activities.activities where import_id = @correction group by unit, disposition
            """, new { correction }))
        {
            quantities.Add(Enum.Parse<Disposition>(disposition, ignoreCase: true), unit, sum, rows);
            mayRepeat |= repeats;
        }

        await ImportRecord.Close(session, correction, quantities, time, mayRepeat, asked.Reason);
    }

    private static async Task Finish(Arguments asked, Session session)
    {
        if (await ImportRecord.Hold(session, asked.ImportId) is { } import)
        {
            var done = asked.Places.Select(place => place.PlaceId).ToHashSet();
            var places = UnknownPlaces.Read(import.UnknownPlaces).Select(place => place.PlaceId is { } id && done.Contains(id) ? place with { Placed = true } : place);
            await session.Execute(
                "update activities.imports set unknown_places = @places::jsonb, version = version + 1 where import_id = @ImportId",
                new { import.ImportId, places = UnknownPlaces.Write(places) });
        }
    }

    private sealed record PartEnd(long? LastRow, long Placed);
}
