using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Entities;

/// <summary>
/// Sets what the tenant holds of an entity: all of its dated shares at once. Entries are posted whole and consolidated when they are
/// read, so that the change shows in every total from the days on; the audit keeps what was there before.
/// </summary>
public static class SetShares
{
    /// <param name="ValidFrom">First day; until the next share's.</param>
    /// <param name="EquityShare">Economic interest, 0 to 1.</param>
    /// <param name="FinancialControl">sole counts all, joint by equity share, none nothing, under the financial control approach.</param>
    /// <param name="OperationalControl">Whether the tenant operates it under its own policies.</param>
    public sealed record Share(
        DateOnly? ValidFrom = null, decimal? EquityShare = null, FinancialControl? FinancialControl = null, bool? OperationalControl = null);

    /// <param name="Shares">In any order, each of another day. Empty: all of the entity, by assumption.</param>
    public sealed record Request(IReadOnlyList<Share>? Shares = null);

    internal static void Map(IEndpointRouteBuilder entities) => entities.MapPut("/{entity_id:guid}/shares", Put)
        .WithName("SetEntityShares").WithSummary("Set what the tenant holds of an entity, from which days on.").Produces<EntityDetails>();

    private static async Task<IResult> Put(
        Guid entity_id, Request request, IfMatch version, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(entity_id, request, version, session, clock), ct)).ToOk();

    public static async Task<Result<EntityDetails>> Handle(Guid id, Request request, IfMatch version, Session session, TimeProvider clock)
    {
        if (await EntityDetails.Hold(id, session) is not { DeletedAt: null } now)
        {
            return Problem.NotFound("entity", id.ToString());
        }

        if ((version.Check(now.Version) ?? Check(request)) is { } problem)
        {
            return problem;
        }

        var wanted = request.Shares!.Select(share => share.ValidFrom!.Value).ToArray();
        await session.Execute("delete from org.entity_shares where entity_id = @id and not valid_from = any(@wanted)", new { id, wanted });
        foreach (var share in request.Shares!)
        {
            // One that stays as it is leaves no audit row.
            await session.Execute("""
                insert into org.entity_shares as s (tenant_id, entity_id, valid_from, equity_share, financial_control, operational_control)
                values (@Tenant, @id, @ValidFrom, @EquityShare, @Financial, @OperationalControl)
                on conflict (tenant_id, entity_id, valid_from) do update set
                    equity_share = excluded.equity_share, financial_control = excluded.financial_control, operational_control = excluded.operational_control
                where (s.equity_share, s.financial_control, s.operational_control)
                    is distinct from (excluded.equity_share, excluded.financial_control, excluded.operational_control)
                """, new
            {
                Tenant = session.Tenant.Value, id, ValidFrom = share.ValidFrom!.Value, share.EquityShare, share.OperationalControl,
                Financial = share.FinancialControl!.Value.ToString().ToLowerInvariant(),
            });
        }

        await session.Execute("update org.entities set version = version + 1, updated_at = @At where entity_id = @id", new { id, At = clock.GetUtcNow() });
        return await EntityDetails.Get(id, session);
    }

    private static Problem? Check(Request request)
    {
        if (request.Shares is not { } shares)
        {
            return new Problem("share.missing", "shares", "", "a list of dated shares", "Add the field; an empty list stands for all of the entity.");
        }

        var problems = new List<Problem?>();
        var days = new HashSet<DateOnly>();
        for (var i = 0; i < shares.Count; i++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"shares[{i}]");
            var (day, equity, financial, operational) = shares[i] ?? new Share(null, null, null, null);
            problems.Add(day is null ? new Problem("share.day", $"{field}.valid_from", "", "a day such as 2024-07-01", "Say from which day on it holds.")
                : days.Add(day.Value) ? null
                : new Problem("share.day-twice", $"{field}.valid_from", $"{day:yyyy-MM-dd}", "each day once", "Take one of the two out."));
            problems.Add(equity is >= 0 and <= 1 ? null
                : new Problem("share.equity", $"{field}.equity_share", equity?.ToString(CultureInfo.InvariantCulture) ?? "", "a share from 0 to 1, such as 0.6 for 60 %", "Correct the share."));
            problems.Add(financial is not null ? null : new Problem("share.financial-control", $"{field}.financial_control", "", "sole, joint or none", "Say who has financial control."));
            problems.Add(operational is not null ? null : new Problem("share.operational-control", $"{field}.operational_control", "", "true or false", "Say whether the tenant operates it."));
        }

        return Problem.All(problems.ToArray());
    }
}
