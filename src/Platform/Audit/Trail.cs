using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Audit;

/// <summary>Events of the audit trail: what changes no row, and yet must be known. Changes of rows are written by triggers.</summary>
public static class Trail
{
    /// <summary>Adds an event in a transaction of its own: before the first byte of what leaves is sent.</summary>
    public static Task Record(Database database, Caller caller, string name, object details, CancellationToken ct) => database.Write<int>(
        caller,
        async session =>
        {
            await Record(session, name, details);
            return 1;
        },
        ct);

    /// <summary>Adds an event to the trail of the bound tenant.</summary>
    /// <param name="session">Whose caller is who did it.</param>
    /// <param name="name">What happened: <c>data.exported</c>.</param>
    /// <param name="details">What of it must be known; never a secret.</param>
    public static Task Record(Session session, string name, object details) =>
        session.Execute("select platform.record_event(@name, @details::jsonb)", new { name, details = JsonSerializer.Serialize(details, Json.Options) });
}
