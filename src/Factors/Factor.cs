namespace OffGridFlow.Factors;

/// <summary>Which part of an activity's life cycle a factor covers. A plan never adds two that overlap.</summary>
public enum Stage
{
    /// <summary>Emitted where the activity happens: fuel burnt, gas leaked, the vehicle's exhaust.</summary>
    Direct,

    /// <summary>Generation of purchased electricity, heat, steam or cooling, location-based (Scope 2).</summary>
    Generation,

    /// <summary>Generation left after all claims by contract: the residual mix of the market-based method.</summary>
    ResidualMix,

    /// <summary>Well-to-tank: extraction, refining and transport of a fuel.</summary>
    Upstream,

    /// <summary>Well-to-tank of the fuels behind purchased electricity, heat or steam.</summary>
    UpstreamGeneration,

    /// <summary>Electricity, heat or steam lost in transmission and distribution.</summary>
    TransmissionLoss,

    /// <summary>Well-to-tank of what is lost in transmission and distribution.</summary>
    UpstreamTransmissionLoss,

    /// <summary>Upstream and transmission loss of electricity printed as one figure (Australia's "scope 3").</summary>
    UpstreamAndTransmissionLoss,

    /// <summary>From raw material to the supplier's gate: goods, services, spend.</summary>
    CradleToGate,

    /// <summary>The whole life cycle in one figure; cannot be split, never added to another stage.</summary>
    LifeCycle,

    /// <summary>Treatment of waste or end of life.</summary>
    EndOfLife,

    /// <summary>CO2 of biological origin, reported outside the scopes beside the stage it belongs to.</summary>
    Biogenic,

    /// <summary>Making of equipment, spread over its use (embodied emissions of a server).</summary>
    Embodied,
}

/// <summary>Mass of greenhouse gas per unit of a kind, for a region and a validity, from one edition of a publication.</summary>
public sealed record Factor
{
    /// <summary><c>publisher:edition:row</c>, the same in every build: <c>desnz:2025:1_100_1000_15</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Stable kebab-case key of the kind, dotted: <c>fuel.natural-gas</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What the publication calls it, readable on its own.</summary>
    public required string Name { get; init; }

    public required Stage Stage { get; init; }

    /// <summary>ISO 3166-1 alpha-2, ISO 3166-2, <c>US-</c> and an eGRID subregion, <c>group:eu-27</c>, or <c>world</c>.</summary>
    public required string Region { get; init; }

    /// <summary>First day of the activity dates the publisher means it for.</summary>
    public required DateOnly ValidFrom { get; init; }

    /// <summary>Last day, or null when it holds until a later edition.</summary>
    public DateOnly? ValidTo { get; init; }

    /// <summary>Denominator: a unit of data/units, or an ISO 4217 code for spend.</summary>
    public required string Unit { get; init; }

    /// <summary>kg CO2e per unit exactly as published, or null when only gases are published.</summary>
    public decimal? Co2e { get; init; }

    /// <summary>The set <see cref="Co2e"/> was computed under, or null where the publication does not say.</summary>
    public GwpSet? Gwp { get; init; }

    public IReadOnlyList<GasAmount> Gases { get; init; } = [];

    /// <summary>kg CO2 of biological origin per unit, outside the scopes.</summary>
    public decimal? BiogenicCo2 { get; init; }

    /// <summary>What lets a quantity of another dimension reach this factor, as published: <c>38.6 GJ-gross/m3</c>.</summary>
    public string? Bridge { get; init; }

    /// <summary>Year whose prices a spend factor's money is in.</summary>
    public int? PriceYear { get; init; }

    /// <summary><c>purchaser</c> or <c>producer</c> (basic) prices of a spend factor.</summary>
    public string? PriceType { get; init; }

    /// <summary>Half width of the 95 % interval as a fraction of the value, where the publication gives one.</summary>
    public decimal? Uncertainty { get; init; }

    /// <summary>Codes the factor answers to: <c>naics:541511 useeio:541511</c>.</summary>
    public string? Codes { get; init; }

    /// <summary>A last resort: never chosen while a non-fallback factor serves the place.</summary>
    public bool Fallback { get; init; }

    /// <summary>Where in the publication it is printed: table, sheet and row.</summary>
    public required string Locator { get; init; }
}
