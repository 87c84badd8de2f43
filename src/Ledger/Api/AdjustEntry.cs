using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Api;

/// <summary>Adds to an entry or takes away from it, by a person's judgement: a new entry beside it, with a reason. Nothing is changed.</summary>
internal static class AdjustEntry
{
    private static readonly string[] Codes = ["error", "evidence", "methodology", "boundary", "other"];

    /// <param name="Co2eKg">kg CO2e to add; negative to take away.</param>
    /// <param name="ReasonCode"><c>error</c>, <c>evidence</c>, <c>methodology</c>, <c>boundary</c> or <c>other</c>.</param>
    /// <param name="Reason">In words.</param>
    internal sealed record Request(decimal Co2eKg, string ReasonCode, string Reason);

    public static void Map(IEndpointRouteBuilder ledger) => ledger.MapPost("/entries/{id}/adjust", Post).WithName("AdjustEntry")
        .WithSummary("Adjusts an entry by a new one beside it").Produces<EntryView>(StatusCodes.Status201Created);

    private static async Task<IResult> Post(
        string id, Request request, Caller caller, Database database, ActivityQueries activities, TimeProvider time, CancellationToken ct) =>
        (await Handle(id, request, caller, database, activities, time, ct)).ToCreated(entry => $"/api/v1/ledger/entries/{entry.Id}");

    internal static async Task<Result<EntryView>> Handle(
        string id, Request request, Caller caller, Database database, ActivityQueries activities, TimeProvider time, CancellationToken ct)
    {
        if (!Codes.Contains(request.ReasonCode, StringComparer.Ordinal))
        {
            return new Problem("adjustment.reason-code", "reason_code", request.ReasonCode, string.Join(", ", Codes), "Say why by one of the codes.");
        }

        if (string.IsNullOrWhiteSpace(request.Reason) || request.Co2eKg == 0m)
        {
            return new Problem("adjustment.empty", "reason", request.Reason, "an amount other than 0, and a reason in words", "Give co2e_kg and reason.");
        }

        var found = await database.Read(caller, async session => await EntryView.Find(session, id, ct), ct);
        if (found is not { } adjusted)
        {
            return Problem.NotFound("entry", id);
        }

        var original = adjusted.Entry;
        var takenBack = new Problem("adjustment.taken-back", "id", id, "an entry that counts", "Adjust the entry that was posted in its place.") { Kind = ProblemKind.Conflict };
        if (original.Type == EntryType.Reversal)
        {
            return takenBack;
        }

        var calculation = Calculation.Of(BodyOf(original, request));
        var revision = await database.Read(caller, session => NextRevision(session, original), ct);
        var draft = new RunDraft();
        var entry = original with
        {
            Type = EntryType.Adjustment, ReversesRun = 0, ReversesLine = 0, Reason = $"{request.ReasonCode}: {request.Reason}", Revision = revision,
            CalculationId = calculation.Id, WorkingsId = null, WholeQuantity = null, Quantity = request.Co2eKg, IsEstimated = false,
        };
        entry.Compute(calculation.Formula);
        draft.Name(calculation);
        draft.Add(entry);
        draft.Finish(new EntryText());
        var posting = Guid.CreateVersion7();
        try
        {
            await new RunWriter(database, activities, time).Write(
                caller, draft, new RunCause(posting, "adjustment", entry.Reason), null, session => Stands(session, original), ct);
        }
        catch (TakenBackException)
        {
            return takenBack;
        }
        catch (PostgresException twice) when (twice.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Problem("adjustment.at-once", "id", id, "no other adjustment of the entry at the same moment", "Look at the entry again, then try again.") { Kind = ProblemKind.Conflict };
        }

        return await database.Read(
            caller,
            async session =>
            {
                var run = await session.First<long>("select run_no from ledger.runs where posting_id = @posting", new { posting });
                var view = (await EntryView.Find(session, EntryView.IdOf(run, 1), ct))!.Value;
                return (Result<EntryView>)EntryView.Of(view.Run, view.Entry, view.Restates, BodyOf(original, request));
            },
            ct);
    }

    // Under the ledger's lock, so that nothing takes it back in between: what adjusts an entry that counts no more would count alone.
    private static async Task Stands(Session session, Entry entry)
    {
        if (await Reversals.Has(session, entry))
        {
            throw new TakenBackException();
        }
    }

    private sealed class TakenBackException : Exception;

    private static async Task<short> NextRevision(Session session, Entry entry) => (short)(await session.First<int>(
        "select max(revision) + 1 from ledger.entries where month = @Month and activity_id = @ActivityId and activity_version = @ActivityVersion and slot = @Slot",
        new { entry.Month, entry.ActivityId, entry.ActivityVersion, entry.Slot }));

    // A judgement has no factor and no range: its quantity is its amount.
    private static CalculationBody BodyOf(in Entry entry, Request request) => new(
        1, new AskedFor(entry.Kind, "kgCO2e", null, 0), new CalculationPolicy(null, default, default, null), entry.Scope, entry.Category, entry.Role, entry.Basis,
        "kgCO2e", $"adjustment by judgement ({request.ReasonCode})", Tier.Supplier,
        new CalculationFormula(1m, null, 1m, [], 1m, 0m, null, Co2eBasis.PublishedTotal, 1m, 1m),
        new CalculationUncertainty(0m, 0m, "adjustment", null, 5m, "a judgement: no range"), new CalculationFactor("adjustment", "by judgement, see the reason"), null);
}
