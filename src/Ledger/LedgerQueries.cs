using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger;

/// <summary>What the pages and the reports ask of the ledger.</summary>
public sealed class LedgerQueries
{
    private readonly Database database;
    private readonly LedgerCubes cubes;

    internal LedgerQueries(Database database, LedgerCubes cubes)
    {
        this.database = database;
        this.cubes = cubes;
    }

    /// <summary>Sums of entries with their ranges, as of now or of an instant.</summary>
    public async Task<TotalsAnswer> Totals(Caller caller, TotalsQuestion question, CancellationToken ct)
    {
        var run = await cubes.Head(caller, question.AsOf, ct);
        if (!question.Consolidate)
        {
            return await cubes.Answer(caller, question, run, null, null, ct);
        }

        var (entities, calendar) = await database.Read(
            caller, async session => (await OrganizationQueries.Entities(session), await OrganizationQueries.Periods(session)), ct);
        var byId = entities.All.ToDictionary(entity => entity.EntityId);
        var key = string.Join('|', entities.All.Select(entity => $"{entity.EntityId}{string.Concat(entity.Shares)}"))
            + string.Join('|', calendar.All.Select(period => FormattableString.Invariant($"{period.StartsOn} {period.Policy.Boundary}")));
        return await cubes.Answer(caller, question, run, Share, key, ct);

        // What belongs to no entity is the tenant's own. An entity that was deleted since is counted as it was last known: whole.
        decimal Share(Guid? entity, DateOnly month) => entity is { } id && byId.TryGetValue(id, out var known)
            ? known.Share(calendar.YearOf(month)?.Policy.Boundary ?? "operational_control", month)
            : 1m;
    }
}
