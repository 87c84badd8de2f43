using System.Text;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;

namespace OffGridFlow.Activities.Connectors;

/// <summary>Values of request headers: sealed where they are kept, and read by nobody but who fetches.</summary>
internal static class SourceSecrets
{
    public static async Task Set(Session session, Seals seals, Guid sourceId, string value) => await session.Execute(
        """
        insert into activities.source_secrets (tenant_id, source_id, secret) values (@tenant, @sourceId, @secret)
        on conflict (tenant_id, source_id) do update set secret = excluded.secret
        """,
        new { tenant = session.Tenant.Value, sourceId, secret = await seals.Seal(session, Purpose(sourceId), Encoding.ASCII.GetBytes(value)) });

    public static Task<int> Remove(Session session, Guid sourceId) => session.Execute("delete from activities.source_secrets where source_id = @sourceId", new { sourceId });

    /// <summary>The value, or null when none is set.</summary>
    public static async Task<string?> Open(Session session, Seals seals, Guid sourceId) =>
        await session.First<byte[]>("select secret from activities.source_secrets where source_id = @sourceId", new { sourceId }) is { } secret
            ? Encoding.ASCII.GetString(await seals.Open(session, Purpose(sourceId), secret))
            : null;

    private static string Purpose(Guid sourceId) => $"source:{sourceId}";
}
