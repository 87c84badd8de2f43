using System.Data;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Audit;

/// <summary>
/// Recomputes the chain over a tenant's trail from its first row to its last. A row that was changed, removed or slipped in is found, whoever did it; so is
/// a chain that was cut short, by whoever kept a head they have seen before.
/// </summary>
public static class VerifyTrail
{
    // Nothing but PostgreSQL's own functions: what is hashed is the row itself.
    private const string Chain = """
        select c.chain_no, c.hash, c.at, c.audit_id, case when a.audit_id is not null then jsonb_build_array(a.tenant_id, (extract(epoch from a.at) * 1000000)::bigint,
            a.audit_id, a.table_name, a.operation, a.old_values, a.new_values, a.actor, a.address, a.user_agent, a.request_id)::text end
        from platform.audit_chain c left join platform.audit a on a.tenant_id = c.tenant_id and a.at = c.at and a.audit_id = c.audit_id
        order by c.chain_no
        """;

    private const string Strays = """
        select a.at, a.audit_id from platform.audit a
        where not exists (select from platform.audit_chain c where c.tenant_id = a.tenant_id and c.at = a.at and c.audit_id = a.audit_id)
            and not exists (select from platform.audit_unchained u where u.tenant_id = a.tenant_id and u.at = a.at and u.audit_id = a.audit_id)
        order by a.at, a.audit_id limit 1
        """;

    /// <param name="IsWhole">Every row is as it was written.</param>
    /// <param name="Rows">How many were recomputed.</param>
    /// <param name="FirstNo">The first row's number: more than 1 once the oldest have served their time.</param>
    /// <param name="Head">The last row: keep it, to compare with later.</param>
    /// <param name="Fault">The first row that is not as it was written.</param>
    public sealed record Response(bool IsWhole, long Rows, long FirstNo, Link Head, Fault? Fault);

    /// <param name="No">In the chain, from 1.</param>
    /// <param name="Hash">SHA-256, in hexadecimal; it covers this row and all before it.</param>
    public sealed record Link(long No, string Hash);

    /// <param name="What"><c>changed</c>, <c>removed</c>, <c>slipped_in</c>, <c>chain_broken</c> or <c>cut_short</c>.</param>
    /// <param name="No">In the chain; null: the row is in none.</param>
    public sealed record Fault(string What, long? No, Guid? AuditId, DateTimeOffset? At);

    internal static void Map(IEndpointRouteBuilder audit) => audit.MapGet("/verify", Get).TakingItsTime()
        .WithName("VerifyAudit").WithSummary("Recompute the hash chain over the audit trail and name the first row that was tampered with.").Produces<Response>();

    private static async Task<IResult> Get(int? seen_no, string? seen_hash, Caller caller, Database database, CancellationToken ct) =>
        (await Handle(seen_no is { } no && seen_hash is not null ? new Link(no, seen_hash) : null, caller, database, ct)).ToOk();

    /// <param name="seen">A head of an earlier verification; null: none is known.</param>
    public static async Task<Result<Response>> Handle(Link? seen, Caller caller, Database database, CancellationToken ct)
    {
        await AuditChain.CatchUp(caller.Tenant, database, ct);
        await using var session = await database.Open(caller, IsolationLevel.RepeatableRead, ct);
        var start = await session.First<Start>("select chain_no, hash from platform.audit_starts") ?? new Start(0, new byte[32]);
        var (no, hash, rows, isSeen) = (start.ChainNo, start.Hash, 0L, seen is null || seen.No <= start.ChainNo);
        await using (var command = new NpgsqlCommand(Chain, session.Connection, session.Transaction))
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                var (foundNo, foundHash, at, id) = (reader.GetInt64(0), (byte[])reader[1], reader.GetFieldValue<DateTimeOffset>(2), reader.GetGuid(3));
                if (await reader.IsDBNullAsync(4, ct))
                {
                    return Bad("removed", foundNo, id, at);
                }

                var expected = Next(hash, reader.GetString(4));
                if (foundNo != no + 1 || !expected.AsSpan().SequenceEqual(foundHash))
                {
                    return Bad(foundNo != no + 1 ? "chain_broken" : "changed", foundNo, id, at);
                }

                (no, hash, rows) = (foundNo, foundHash, rows + 1);
                if (seen?.No == no && !string.Equals(seen.Hash, Convert.ToHexStringLower(hash), StringComparison.OrdinalIgnoreCase))
                {
                    return Bad("chain_broken", no, id, at);
                }

                isSeen |= seen?.No == no;
            }
        }

        if (await session.First<Stray>(Strays) is { } stray)
        {
            return Bad("slipped_in", null, stray.AuditId, stray.At);
        }

        return isSeen ? new Response(true, rows, start.ChainNo + 1, Head(), null) : Bad("cut_short", seen!.No, null, null);

        Link Head() => new(no, Convert.ToHexStringLower(hash));
        Response Bad(string what, long? at, Guid? id, DateTimeOffset? when) => new(false, rows, start.ChainNo + 1, Head(), new Fault(what, at, id, when));
    }

    /// <summary>The hash of a row that follows another.</summary>
    internal static byte[] Next(byte[] before, string content) => SHA256.HashData([.. before, .. Encoding.UTF8.GetBytes(content)]);

    private sealed record Start(long ChainNo, byte[] Hash);

    private sealed class Stray
    {
        public DateTimeOffset At { get; init; }

        public Guid AuditId { get; init; }
    }
}
