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
    /// <param name="session">The tenant's transaction.</param>
    /// <param name="pool">The library, and what it makes of activities.</param>
    /// <param name="options">What the sender said.</param>
    /// <param name="time">The clock.</param>
    /// <param name="vocabulary">What names stand for; null: as it is now.</param>
    public static async Task<Result<(RowContext Context, int FiscalYearStart)>> Read(
        Session session, EstimatorPool pool, ImportOptions options, TimeProvider time, Vocabulary? vocabulary = null)
    {
        vocabulary ??= await Vocabulary.Now(session);
        if (Missing(vocabulary, options) is { } missing)
        {
            return missing;
        }

        return (await YearEstimators.Read(session, pool, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime))).TryValue(out var years, out var problem)
            ? (Of(pool.Data, vocabulary, options, years), vocabulary.FiscalYearStart)
            : problem;
    }

    /// <summary>The same without a database.</summary>
    /// <param name="years">What rows come to; null where only their cells are read.</param>
    public static RowContext Of(ReferenceData data, Vocabulary vocabulary, ImportOptions options, YearEstimators? years)
    {
        var (facilities, entities) = (vocabulary.Sites(), vocabulary.Companies());
        return new RowContext(data, years, facilities, entities)
        {
            Synonyms = vocabulary.Kinds.ToDictionary(pair => pair.Name, pair => pair.Kind, StringComparer.Ordinal),
            DefaultDays = options is { Start: { } first, End: { } last } ? new Period(first, last) : null,
            DefaultRegion = options.Region is { } region ? data.Regions.Find(region) : null,
            DefaultFacility = options.Facility is { } site ? facilities.Find(site, out _) : null,
            DefaultEntity = options.Entity is { } company ? entities.Find(company, out _) : null,
            LeavesUnknownPlaces = options.UnknownPlaces != "reject",
        };
    }

    private static Problem? Missing(Vocabulary vocabulary, ImportOptions options) =>
        options.Facility is { } site && vocabulary.Sites().Find(site, out _) is null ? Unknown("facility", site)
        : options.Entity is { } company && vocabulary.Companies().Find(company, out _) is null ? Unknown("entity", company)
        : null;

    private static Problem Unknown(string column, string found) =>
        new Problem("import.option", column, found, $"the code or the name of one {column} of this organisation", $"Correct {column}, or leave it out.");
}
