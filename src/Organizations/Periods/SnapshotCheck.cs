using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Periods;

/// <summary>
/// Whether a tenant has a locked snapshot of factors that a policy can name. Snapshots are the factors' own: the program, which knows both,
/// hands it in.
/// </summary>
/// <param name="problem">Null when it can be named.</param>
public sealed class SnapshotCheck(Func<Session, Guid, Task<Problem?>> problem)
{
    internal async Task<Problem?> Of(Session session, Guid? snapshotId) => snapshotId is { } id ? await problem(session, id) : null;
}
