using OffGridFlow.Activities;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Imports;

/// <summary>How far an import is, from the file's first row to the ledger's last entry.</summary>
internal sealed class ImportStates(Database database, ActivityQueries activities, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public Task<string> Organization(Caller caller, CancellationToken ct) =>
        database.Read(caller, async session => (await OrganizationQueries.Tenant(session)).Name, ct);

    // An import may have had nothing to take back, or its entries went with a correction: then there is nothing to wait for.
    private async Task<bool> IsTakingBack(Session session, Guid id, long entries, DateTimeOffset undone) =>
        clock.GetUtcNow() - undone < Patience && (await PostedImport.Find(session, Ledger.Posting.PostImport.WithdrawalOf(id))).Entries < entries;

    public Task<ImportView?> Find(Caller caller, Guid id, int problems, CancellationToken ct) => database.Read(
        caller,
        async session =>
        {
            if (await activities.Import(session, id) is not { } import)
            {
                return null;
            }

            var rows = await ImportLists.NotTaken(session, id, problems);
            var posted = await PostedImport.Find(session, id);
            var last = await ImportLists.LastTaken(session, id);
            var period = posted.Month is { } month ? (await OrganizationQueries.Periods(session)).YearOf(month)?.Code : null;
            return new ImportView(import, import.UndoneAt is { } undone ? await IsTakingBack(session, id, posted.Entries, undone) : posted.ThroughRow < last, posted.Entries, period, [.. rows.Select(row => new RowProblem(
                row.RowNo, row.Disposition, row.Code, row.Problem?.Column, row.Problem?.Found, row.Problem?.Expected, row.Problem?.Fix))]);
        },
        ct);
}
