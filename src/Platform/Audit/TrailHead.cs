using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Platform.Audit;

/// <summary>The last link of a tenant's chain.</summary>
public static class TrailHead
{
    /// <summary>Null: nothing is chained yet.</summary>
    public static Task<VerifyTrail.Link?> Read(Session session) =>
        session.First<VerifyTrail.Link>("select chain_no as no, encode(hash, 'hex') as hash from platform.audit_chain order by chain_no desc limit 1");
}
