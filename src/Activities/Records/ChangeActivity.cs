using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Activities.Flags;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Records;

/// <summary>Corrects or withdraws an activity: a new version, delivered by an import of source <c>correction</c>.</summary>
internal static class ChangeActivity
{
    private const string NewVersion = """
        insert into activities.activities (
            tenant_id, activity_id, version, import_id, row_no, source_key, kind, quantity, unit, region, start_on, end_on, quality, entity_id,
            facility_id, meter, invoice, factor_id, factor_value, columns, disposition, withdrawn, recorded_at, recorded_by)
        select tenant_id, activity_id, version + 1, @importId, 1, source_key, @Kind, @Quantity, @Unit, @Region, @Start, @End, @Quality, @EntityId,
            @FacilityId, @Meter, @Invoice, @FactorId, @FactorValue, @Columns::jsonb, @disposition, @withdrawn, @now, @actor
        from activities.activities where activity_id = @id and version = @before
        on conflict (tenant_id, activity_id, version) do nothing
        """;

    /// <param name="Reason">Why it is taken away.</param>
    public sealed record Withdrawal(string Reason);

    public static void Map(IEndpointRouteBuilder activities)
    {
        activities.MapPatch("/{id:guid}", async (Guid id, JsonElement changes, IfMatch match, Caller caller, Database database, ActivityQueries queries, EstimatorPool pool, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Correct(id, changes, match, session, queries, pool, time), ct)).ToOk())
            .WithinFacilities().WithName("CorrectActivity").WithSummary("Correct an activity: members named as columns of files, null for blank.").Accepts<JsonElement>("application/json").Produces<ShowActivities.History>();
        activities.MapPost("/{id:guid}/withdraw", async (Guid id, Withdrawal withdrawal, Caller caller, Database database, ActivityQueries queries, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Withdraw(id, withdrawal, session, queries, time), ct)).ToOk())
            .WithinFacilities().WithName("WithdrawActivity").WithSummary("Take an activity away, with a reason.").Produces<ShowActivities.History>();
    }

    /// <summary>Within a transaction of the tenant.</summary>
    public static async Task<Result<ShowActivities.History>> Withdraw(Guid id, Withdrawal withdrawal, Session session, ActivityQueries queries, TimeProvider time)
    {
        if (string.IsNullOrWhiteSpace(withdrawal.Reason) || withdrawal.Reason.Length > 2000)
        {
            return new Problem("withdraw.reason", "reason", withdrawal.Reason, "a reason of 1 to 2000 characters", "Say why the activity is taken away.");
        }

        if (!(await Standing(id, session, queries)).TryValue(out var now, out var problem))
        {
            return problem;
        }

        var row = new ImportedRow
        {
            RowNo = 1, Disposition = now.Disposition, Kind = now.Kind, Quantity = now.Quantity, Unit = now.Unit, Region = now.Region, Start = now.StartOn, End = now.EndOn,
            Quality = (short?)now.Quality, EntityId = now.EntityId, FacilityId = now.FacilityId, Meter = now.Meter, Invoice = now.Columns.GetValueOrDefault("invoice")?.ToLowerInvariant(), FactorId = now.FactorId, FactorValue = now.FactorValue,
            Columns = now.Columns.Count == 0 ? null : JsonSerializer.Serialize(now.Columns),
        };
        return await Write(now, row, withdrawn: true, withdrawal.Reason, session, queries, time);
    }

    private static async Task<Result<ShowActivities.History>> Correct(
        Guid id, JsonElement changes, IfMatch match, Session session, ActivityQueries queries, EstimatorPool pool, TimeProvider time)
    {
        if (changes.ValueKind != JsonValueKind.Object)
        {
            return new Problem("activities.form", "body", changes.ValueKind.ToString(), "an object with the members to change", "Correct the body.");
        }

        if (!(await Standing(id, session, queries)).TryValue(out var now, out var problem))
        {
            return problem;
        }

        if (match.Check(now.Version) is { } stale)
        {
            return stale;
        }

        var members = await Members(now, session);
        foreach (var change in changes.EnumerateObject())
        {
            members[change.Name] = change.Value;
        }

        // A facility that the file named and nobody has made stays as it was written; a new one must be there.
        var places = changes.TryGetProperty("facility", out _) || changes.TryGetProperty("entity", out _) ? "reject" : "keep";
        if (!(await RecordActivities.ReadItems([JsonSerializer.SerializeToElement(members)], session, pool, time, places)).TryValue(out var read, out problem))
        {
            return problem;
        }

        var row = read.Rows[0];
        return row.IsTaken
            ? await Write(now, row, withdrawn: false, null, session, queries, time)
            : row.Problem ?? new Problem("activity.excluded", "body", row.Reason ?? "", "an activity", "A total is no activity.");
    }

    private static async Task<Result<StoredActivity>> Standing(Guid id, Session session, ActivityQueries queries) =>
        await queries.Versions(session, id) is not { Count: > 0 } versions || !ShowActivities.IsWithin(versions[^1], session.Caller.FacilitiesFor(Permission.ActivitiesWrite)) ? Problem.NotFound("activity", id.ToString())
        : versions[^1].Withdrawn ? new Problem("activity.withdrawn", "id", id.ToString(), "an activity that counts", "It was withdrawn before.") { Kind = ProblemKind.Conflict }
        : versions[^1];

    // As a client would have sent it.
    private static async Task<Dictionary<string, object?>> Members(StoredActivity now, Session session)
    {
        var members = now.Columns.ToDictionary(pair => pair.Key, pair => (object?)pair.Value, StringComparer.Ordinal);
        (string, object?)[] known =
        [
            ("kind", now.Kind), ("quantity", now.Quantity.ToString(CultureInfo.InvariantCulture)), ("unit", now.Unit), ("region", now.Region),
            ("start", Day(now.StartOn)), ("end", Day(now.EndOn)), ("quality", now.Quality?.ToString(CultureInfo.InvariantCulture)),
            ("meter", now.Meter), ("factor", now.FactorId), ("factor_value", now.FactorValue?.ToString(CultureInfo.InvariantCulture)),
            ("facility", now.FacilityId is { } facility ? (await OrganizationQueries.Facilities(session)).All.FirstOrDefault(one => one.FacilityId == facility)?.Code : now.Columns.GetValueOrDefault("facility")),
            ("entity", now.EntityId is { } entity ? (await OrganizationQueries.Entities(session)).All.FirstOrDefault(one => one.EntityId == entity)?.Code : now.Columns.GetValueOrDefault("entity")),
        ];
        foreach (var (name, value) in known)
        {
            members[name] = value;
        }

        return members;

        static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static async Task<Result<ShowActivities.History>> Write(
        StoredActivity before, ImportedRow row, bool withdrawn, string? reason, Session session, ActivityQueries queries, TimeProvider time)
    {
        var importId = Guid.CreateVersion7();
        await ImportRecord.Insert(session, importId, "correction", null, null, null, new ImportOptions(), time.GetUtcNow());
        var written = await session.Execute(NewVersion, new
        {
            importId, row.Kind, row.Quantity, row.Unit, row.Region, row.Start, row.End, row.Quality, row.EntityId, row.FacilityId, row.Meter, row.Invoice, row.FactorId,
            row.FactorValue, row.Columns, disposition = row.Disposition.ToString().ToLowerInvariant(), withdrawn, now = time.GetUtcNow(), actor = session.Caller.Actor,
            id = before.ActivityId, before = before.Version,
        });
        if (written == 0)
        {
            return new IfMatch(before.Version).Check(before.Version + 1)!;
        }

        var quantities = new ImportQuantities();
        quantities.Add(row.Disposition, row.Unit, row.Quantity);
        var repeats = FindDuplicates.Concerns(row) || before.Meter is not null || before.Columns.ContainsKey("invoice");
        await ImportRecord.Close(session, importId, quantities, time, repeats, reason);
        return new ShowActivities.History(before.ActivityId, before.Version + 1, await queries.Versions(session, before.ActivityId));
    }
}
