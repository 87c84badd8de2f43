using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Tenants;

/// <summary>Ends a tenant's subscription, or takes it up again: its members and keys get in no more, and the retention of its data begins. Only the operator can.</summary>
internal static class CloseTenant
{
    /// <returns>When it ended; null: it is open.</returns>
    public static Task<Result<DateTimeOffset?>> Handle(TenantId tenant, bool opens, Database database, CancellationToken ct) => database.Write<DateTimeOffset?>(
        Caller.System(tenant, "cli:tenant"),
        async session =>
        {
            await session.Execute(
                "update org.tenants set status = @status, version = version + 1, updated_at = clock_timestamp() where status is distinct from @status", new { status = opens ? "active" : "closed" });
            return await session.First<DateTimeOffset?>("select closed_at from org.tenants");
        },
        ct);
}
