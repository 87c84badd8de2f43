using System.Security.Cryptography;
using System.Text;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Totals;

/// <summary>What a tenant holds of its entities, under the boundary approach of each year.</summary>
internal sealed class Holdings
{
    private readonly Dictionary<Guid, Entity> byId;

    private Holdings(IReadOnlyList<Entity> entities, PeriodCalendar calendar)
    {
        byId = entities.ToDictionary(entity => entity.EntityId);
        Calendar = calendar;
        var text = string.Join('|', entities.Select(entity => $"{entity.EntityId}{string.Concat(entity.Shares)}"))
            + string.Join('|', calendar.All.Select(period => FormattableString.Invariant($"{period.StartsOn} {period.Policy.Boundary}")));
        Key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    public PeriodCalendar Calendar { get; }

    /// <summary>Tells holdings apart that count differently.</summary>
    public string Key { get; }

    /// <param name="asOf">As it was known then, or null for now.</param>
    public static async Task<Holdings> Read(Session session, DateTimeOffset? asOf) =>
        new((await OrganizationQueries.Entities(session, asOf)).All, await OrganizationQueries.Periods(session, asOf));

    /// <summary>The share that counts. What belongs to no entity is the tenant's own. An entity that was deleted since is counted as it was last known: whole.</summary>
    public decimal Share(Guid? entity, DateOnly month) => entity is { } id && byId.TryGetValue(id, out var known)
        ? known.Share(Calendar.YearOf(month)?.Policy.Boundary ?? "operational_control", month)
        : 1m;
}
