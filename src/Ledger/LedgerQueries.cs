using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger;

/// <summary>What the pages and the reports ask of the ledger.</summary>
public sealed class LedgerQueries
{
    private readonly Database database;
    private readonly LedgerCubes cubes;

    private readonly ActivityQueries activities;
    private readonly Estimators estimators;

    internal LedgerQueries(Database database, LedgerCubes cubes, ActivityQueries activities, Estimators estimators)
    {
        this.database = database;
        this.cubes = cubes;
        this.activities = activities;
        this.estimators = estimators;
    }

    /// <summary>A page of entries.</summary>
    public Task<Result<Page<EntryView>>> Entries(Caller caller, EntriesQuestion question, CancellationToken ct) =>
        database.Read(caller, session => question.Read(session, ct), ct);

    /// <summary>One entry.</summary>
    public Task<Result<EntryView>> Entry(Caller caller, string id, CancellationToken ct) => database.Read(
        caller,
        async session => await EntryView.Find(session, id, ct) is { } found
            ? (Result<EntryView>)EntryView.Of(
                found.Run, found.Entry, found.Restates, (await EntryView.Bodies(session, [found.Entry.CalculationId]))[found.Entry.CalculationId])
            : Problem.NotFound("entry", id),
        ct);

    /// <summary>How an entry was worked out, down to the cells of the file.</summary>
    public Task<Result<Explanation>> Explain(Caller caller, string id, CancellationToken ct) =>
        database.Read(caller, session => Explanation.Of(session, id, activities, estimators, ct), ct);

    /// <summary>Sums of entries with their ranges, as of now or of an instant.</summary>
    public async Task<TotalsAnswer> Totals(Caller caller, TotalsQuestion question, CancellationToken ct) =>
        await Totals(caller, question, await cubes.Head(caller, question.AsOf, ct), ct);

    /// <summary>The last run, or the last that was posted by an instant.</summary>
    internal Task<long> Head(Caller caller, CancellationToken ct, DateTimeOffset? asOf = null) => cubes.Head(caller, asOf, ct);

    /// <summary>The calculations whose entries count in a year as of a run.</summary>
    internal Task<List<UsedCalculation>> Used(Caller caller, Period year, long run, CancellationToken ct) =>
        cubes.Used(caller, run, MonthShares.MonthOf(year.StartsOn), year.EndsOn, ct);

    /// <summary>Sums as of a run.</summary>
    internal async Task<TotalsAnswer> Totals(Caller caller, TotalsQuestion question, long run, CancellationToken ct)
    {
        if (!question.Consolidate)
        {
            return await cubes.Answer(caller, question, run, null, null, ct);
        }

        var holdings = await cubes.Holdings(caller, ct, question.AsOf);
        return await cubes.Answer(caller, question, run, holdings.Share, holdings.Key, ct);
    }

    /// <summary>The tenant's calendar, as it is now.</summary>
    internal async Task<PeriodCalendar> Calendar(Caller caller, CancellationToken ct) => (await cubes.Holdings(caller, ct)).Calendar;
}
