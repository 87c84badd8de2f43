using OffGridFlow.Activities.Intake;
using OffGridFlow.Activities.Rows;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Platform.Postgres;
using Period = OffGridFlow.Activities.Intake.Period;

namespace OffGridFlow.Activities.Imports;

/// <summary>What a tenant adds to the reading of one import's rows.</summary>
internal static class ImportContext
{
    /// <summary>Reads it from the database; a problem when the options name a facility or entity that is not there, or a year's policy factors that cannot be used.</summary>
    public static async Task<Result<(RowContext Context, int FiscalYearStart)>> Read(Session session, EstimatorPool pool, ImportOptions options, TimeProvider time)
    {
        var data = pool.Data;
        var tenant = await OrganizationQueries.Tenant(session);
        var facilities = await OrganizationQueries.Facilities(session);
        var entities = await OrganizationQueries.Entities(session);
        var synonyms = await session.Query<(string Name, string Kind)>("select name, kind from activities.kind_synonyms");
        var facility = options.Facility is { } site ? facilities.Find(site, out _) : null;
        var entity = options.Entity is { } company ? entities.Find(company, out _) : null;
        if ((options.Facility is not null && facility is null) || (options.Entity is not null && entity is null))
        {
            var (column, found) = options.Facility is not null && facility is null ? ("facility", options.Facility) : ("entity", options.Entity!);
            return new Problem("import.option", column, found, $"the code or the name of one {column} of this organisation", $"Correct {column}, or leave it out.");
        }

        if (!(await YearEstimators.Read(session, pool, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime))).TryValue(out var years, out var problem))
        {
            return problem;
        }

        return (new RowContext(data, years, facilities, entities)
        {
            Synonyms = synonyms.ToDictionary(pair => pair.Name, pair => pair.Kind, StringComparer.Ordinal),
            DefaultDays = options is { Start: { } first, End: { } last } ? new Period(first, last) : null,
            DefaultRegion = options.Region is { } region ? data.Regions.Find(region) : null,
            DefaultFacility = facility,
            DefaultEntity = entity,
            LeavesUnknownPlaces = options.UnknownPlaces != "reject",
        }, tenant.FiscalYearStart);
    }
}
