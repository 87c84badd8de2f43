using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Members;

/// <summary>Changes who may do what, one change of a tenant after another; what it decides counts from the next request on.</summary>
public sealed class MemberChanges(Database database, SessionRing sessions, KeyRing keys, TimeProvider clock)
{
    internal async Task<Result<T>> Write<T>(Caller caller, Func<Session, DateTimeOffset, Task<Result<T>>> work, CancellationToken ct)
    {
        var changed = await database.Write(
            caller,
            async session =>
            {
                await Owners.Hold(session);
                return await work(session, clock.GetUtcNow());
            },
            ct);
        sessions.Forget();
        keys.Forget();
        return changed;
    }
}
