using System.Text.Json.Serialization;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Factors.Snapshots;

/// <summary>kg of a gas per unit.</summary>
public sealed record OverrideGas(string Gas, decimal Kg);

/// <summary>A tenant's own factor as the API shows it.</summary>
public sealed class OverrideDetails
{
    internal const string Select = """
        select override_no, snapshot_id, name, kind, stage, region, unit, co2e, gases as gas_list, biogenic_co2, gwp_set, valid_from, valid_to, citation,
               half_width, tier
        from factors.overrides
        """;

    /// <summary>Its number within the snapshot.</summary>
    public int OverrideNo { get; init; }

    /// <summary>What entries name as their factor: <c>override:…/1</c>.</summary>
    public string FactorId => FormattableString.Invariant($"{FactorSnapshot.Publisher}:{SnapshotId}/{OverrideNo}");

    public string Name { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Stage { get; init; } = "";

    public string Region { get; init; } = "";

    public string Unit { get; init; } = "";

    /// <summary>kg CO2e per unit.</summary>
    public decimal? Co2e { get; init; }

    public IReadOnlyList<OverrideGas> Gases => FactorTable.ParseGases(GasList).Select(gas => new OverrideGas(gas.Gas, gas.Kilograms)).ToList();

    /// <summary>kg CO2 of biological origin per unit, outside the scopes.</summary>
    public decimal? BiogenicCo2 { get; init; }

    /// <summary>The set co2e is under.</summary>
    public string? GwpSet { get; init; }

    public DateOnly ValidFrom { get; init; }

    public DateOnly? ValidTo { get; init; }

    public string Citation { get; init; } = "";

    /// <summary>Half the width of the 95 % range, as a share of the value.</summary>
    public decimal? HalfWidth { get; init; }

    public string Tier { get; init; } = "";

    [JsonIgnore]
    public Guid SnapshotId { get; init; }

    internal string GasList { get; init; } = "";

    internal static async Task<IReadOnlyList<OverrideDetails>> Of(Guid snapshot, Session session) =>
        await session.Query<OverrideDetails>($"{Select} where snapshot_id = @snapshot order by override_no", new { snapshot });

    internal FactorRow Row(SnapshotDetails snapshot) => FactorSnapshot.Row(snapshot.SnapshotId, snapshot.Name, snapshot.AsOf, OverrideNo, ToFactor(), Enum.Parse<Tier>(Tier, ignoreCase: true));

    private Factor ToFactor() => new()
    {
        Id = "", Kind = Kind, Name = Name, Stage = FactorTable.ParseStage(Stage), Region = Region, ValidFrom = ValidFrom, ValidTo = ValidTo, Unit = Unit,
        Co2e = Co2e, Gwp = FactorTable.ParseGwp(GwpSet), Gases = FactorTable.ParseGases(GasList), BiogenicCo2 = BiogenicCo2, Uncertainty = HalfWidth, Locator = Citation,
    };
}
