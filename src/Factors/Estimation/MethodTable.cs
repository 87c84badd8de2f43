namespace OffGridFlow.Factors;

/// <summary>Which entries each method of data/kinds makes of a quantity, and the paragraph that asks for them.</summary>
internal static class MethodTable
{
    private const string Category3 = "GHG Protocol Scope 3 Standard ch. 5.4, category 3; Scope 3 Guidance ch. 3";

    // Where a single figure is wanted, publications print it at one of these stages.
    private static readonly Stage[] Primary = [Stage.Direct, Stage.CradleToGate, Stage.EndOfLife, Stage.Embodied, Stage.LifeCycle];

    /// <summary>The entries of a plain row of the kind, the main one first.</summary>
    public static IReadOnlyList<Planner.Wanted> Entries(Kind kind) => kind.Method switch
    {
        "fuel" or "vehicle" =>
        [
            Main(kind, kind.Method == "fuel" ? "fuel-based: quantity x factor (GHG Protocol Corporate Standard ch. 6; IPCC 2006 vol. 2 eq. 2.1)" : "distance-based: distance x factor (GHG Protocol Corporate Standard ch. 6)"),
            new Planner.Wanted([Stage.Upstream], 3, 3, "upstream", Basis.Single, $"well-to-tank: quantity x factor ({Category3})", false),
        ],
        "electricity" =>
        [
            Generation(2, null, Basis.Location, "location-based: quantity x grid average (GHG Protocol Scope 2 Guidance ch. 6)"),
            Market,
            .. Category3Of(),
        ],
        "heat" =>
        [
            Generation(2, null, Basis.Location, "location-based: quantity x factor (GHG Protocol Scope 2 Guidance ch. 6)"),
            Market,
            .. Category3Of(),
        ],
        "lease-energy" or "floor-area" or "product-use" => [Energy(kind)],
        "refrigerant" => [Main(kind, "mass released x global warming potential (GHG Protocol, Calculating HFC and PFC Emissions, 2005; IPCC 2006 vol. 3 ch. 7)")],
        "spend" => [Main(kind, "spend-based: spend in the factor's prices x factor (Scope 3 Guidance ch. 1, spend-based method)")],
        "freight" => [Main(kind, "distance-based: mass x distance x factor (Scope 3 Guidance ch. 4; ISO 14083:2023 cl. 6)")],
        "travel" or "air" => [Main(kind, "distance-based: distance x factor (Scope 3 Guidance ch. 6-8)")],
        "cloud" => [Main(kind, "instance-hours x embodied emissions of the server per hour (Cloud Carbon Footprint, Methodology: Embodied Emissions)")],
        "product-fuel" or "product-leak" => [Main(kind, "direct use phase: quantity over the lifetime x factor (Scope 3 Guidance ch. 11)")],
        _ => [Main(kind, "average-data: quantity x factor (GHG Protocol Scope 3 Guidance)")],
    };

    /// <summary>Said of a market-based entry that no contract and no residual mix serves.</summary>
    public const string NoResidualMix = "; no contract and no residual mix published: the location-based factor stands in";

    private static readonly Planner.Wanted Market = new(
        [Stage.ResidualMix, Stage.Generation, Stage.LifeCycle], 2, null, "generation", Basis.Market,
        "market-based without a contract: residual mix (GHG Protocol Scope 2 Guidance table 6.3)", true);

    /// <summary>The kind's own entry.</summary>
    public static Planner.Wanted Main(Kind kind, string method) =>
        new(Primary, kind.Scope, kind.Category, "direct", Basis.Single, method, true);

    /// <summary>Emissions of generating energy used, in the kind's own scope and category.</summary>
    public static Planner.Wanted Energy(Kind kind) => kind.ServedBy.StartsWith("electricity.", StringComparison.Ordinal)
        ? new Planner.Wanted([Stage.Generation, Stage.LifeCycle], kind.Scope, kind.Category, "generation", Basis.Single, "energy x grid average (GHG Protocol Scope 3 Guidance ch. 8, 11, 13, 14)", true)
        : Main(kind, "energy x factor (GHG Protocol Scope 3 Guidance ch. 8, 13, 14)");

    /// <summary>Generation of purchased energy; a life-cycle average serves where nothing better exists.</summary>
    public static Planner.Wanted Generation(int scope, int? category, Basis basis, string method) =>
        new([Stage.Generation, Stage.LifeCycle], scope, category, "generation", basis, method, true);

    private static IEnumerable<Planner.Wanted> Category3Of()
    {
        // The figure for both comes first: where it exists the parts are left out.
        yield return Part(Stage.UpstreamAndTransmissionLoss, "upstream-and-transmission-loss", "upstream and losses as one figure");
        yield return Part(Stage.UpstreamGeneration, "upstream-generation", "well-to-tank of generation");
        yield return Part(Stage.TransmissionLoss, "transmission-loss", "lost in transmission and distribution");
        yield return Part(Stage.UpstreamTransmissionLoss, "upstream-transmission-loss", "well-to-tank of what is lost");

        static Planner.Wanted Part(Stage stage, string role, string what) =>
            new([stage], 3, 3, role, Basis.Single, $"{what}: quantity x factor ({Category3})", false);
    }
}
