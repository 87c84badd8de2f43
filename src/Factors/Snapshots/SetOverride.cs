using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Factors.Snapshots;

/// <summary>Adds a factor of the tenant's own to a draft, replaces one, or takes one away.</summary>
public static class SetOverride
{
    /// <summary>A factor of the tenant's own.</summary>
    /// <param name="Kind">The kind of the activities it is for, or the kind that serves them.</param>
    /// <param name="Stage">As the library writes it: <c>direct</c>, <c>generation</c>, <c>upstream</c> …</param>
    /// <param name="Region">The place it is for: it serves everything within.</param>
    /// <param name="Unit">What its figures are per.</param>
    /// <param name="ValidFrom">First of a month.</param>
    /// <param name="Citation">Where the figure comes from, as an auditor looks it up.</param>
    /// <param name="Tier">How specific it is.</param>
    /// <param name="Name">For people; the kind when absent.</param>
    /// <param name="Co2e">kg CO2e per unit.</param>
    /// <param name="Gases">kg of gases per unit.</param>
    /// <param name="BiogenicCo2">kg CO2 of biological origin per unit, outside the scopes.</param>
    /// <param name="GwpSet">The set that co2e is under, when it is known.</param>
    /// <param name="ValidTo">Last of a month; null for no end.</param>
    /// <param name="HalfWidth">Half the width of the 95 % range, as a share of the value; the library's default when absent.</param>
    public sealed record Request(
        string? Kind, string? Stage, string? Region, string? Unit, DateOnly? ValidFrom, string? Citation, string? Tier, string? Name = null,
        decimal? Co2e = null, IReadOnlyList<OverrideGas>? Gases = null, decimal? BiogenicCo2 = null, string? GwpSet = null, DateOnly? ValidTo = null,
        decimal? HalfWidth = null);

    internal static void Map(IEndpointRouteBuilder snapshots)
    {
        snapshots.MapPost("/{snapshot_id:guid}/overrides", Post)
            .WithName("AddFactorOverride").WithSummary("Add a factor of one's own to a draft.").Produces<OverrideDetails>(StatusCodes.Status201Created);
        snapshots.MapPut("/{snapshot_id:guid}/overrides/{override_no}", Put)
            .WithName("ChangeFactorOverride").WithSummary("Replace a factor of one's own in a draft.").Produces<OverrideDetails>();
        snapshots.MapDelete("/{snapshot_id:guid}/overrides/{override_no}", Delete)
            .WithName("RemoveFactorOverride").WithSummary("Take a factor of one's own out of a draft.").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> Post(Guid snapshot_id, Request request, Caller caller, Database database, ReferenceData data, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(snapshot_id, null, request, session, data, clock), ct))
            .ToCreated(made => FormattableString.Invariant($"/api/v1/factor-snapshots/{snapshot_id}/overrides/{made.OverrideNo}"));

    private static async Task<IResult> Put(
        Guid snapshot_id, int override_no, Request request, Caller caller, Database database, ReferenceData data, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(snapshot_id, override_no, request, session, data, clock), ct)).ToOk();

    private static async Task<IResult> Delete(Guid snapshot_id, int override_no, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Remove(snapshot_id, override_no, session, clock), ct)).ToNoContent();

    /// <param name="id">The draft.</param>
    /// <param name="number">The one to replace, or null for a new one.</param>
    /// <param name="request">Its figures.</param>
    /// <param name="session">The transaction.</param>
    /// <param name="data">What kinds, units and places there are.</param>
    /// <param name="clock">For the version.</param>
    public static async Task<Result<OverrideDetails>> Handle(Guid id, int? number, Request request, Session session, ReferenceData data, TimeProvider clock)
    {
        if (!(await SnapshotDetails.Draft(id, session)).TryValue(out _, out var problem))
        {
            return problem;
        }

        if (OverrideRules.Check(request, data) is { } wrong)
        {
            return wrong;
        }

        var values = new
        {
            Tenant = session.Tenant.Value, id, number, Name = request.Name ?? request.Kind, request.Kind, request.Stage, Region = data.Regions.Find(request.Region!),
            Unit = data.Units.Find(request.Unit!).Unit!.Symbol, request.Co2e, request.BiogenicCo2, request.GwpSet, request.ValidFrom, request.ValidTo, request.Citation, request.HalfWidth, request.Tier,
            Gases = FactorTable.GasList([.. (request.Gases ?? []).Select(gas => new GasAmount(gas.Gas, gas.Kg, false))]),
        };
        var saved = number is null
            ? await session.First<int?>("""
                insert into factors.overrides
                    (tenant_id, snapshot_id, override_no, name, kind, stage, region, unit, co2e, gases, biogenic_co2, gwp_set, valid_from, valid_to, citation, half_width, tier)
                select @Tenant, @id, coalesce(max(override_no), 0) + 1, @Name, @Kind, @Stage, @Region, @Unit, @Co2e, @Gases, @BiogenicCo2, @GwpSet,
                       @ValidFrom::date, @ValidTo::date, @Citation, @HalfWidth, @Tier
                from factors.overrides where snapshot_id = @id
                returning override_no
                """, values)
            : await session.First<int?>("""
                update factors.overrides set name = @Name, kind = @Kind, stage = @Stage, region = @Region, unit = @Unit, co2e = @Co2e, gases = @Gases,
                       biogenic_co2 = @BiogenicCo2, gwp_set = @GwpSet, valid_from = @ValidFrom::date, valid_to = @ValidTo::date, citation = @Citation,
                       half_width = @HalfWidth, tier = @Tier
                where snapshot_id = @id and override_no = @number
                returning override_no
                """, values);
        if (saved is null)
        {
            return Missing(number!.Value);
        }

        await SnapshotDetails.Touch(id, session, clock);
        return (await session.First<OverrideDetails>($"{OverrideDetails.Select} where snapshot_id = @id and override_no = @saved", new { id, saved }))!;
    }

    public static async Task<Result<int>> Remove(Guid id, int number, Session session, TimeProvider clock)
    {
        if (!(await SnapshotDetails.Draft(id, session)).TryValue(out _, out var problem))
        {
            return problem;
        }

        if (await session.Execute("delete from factors.overrides where snapshot_id = @id and override_no = @number", new { id, number }) == 0)
        {
            return Missing(number);
        }

        await SnapshotDetails.Touch(id, session, clock);
        return number;
    }

    private static Problem Missing(int number) => Problem.NotFound("factor-override", number.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
