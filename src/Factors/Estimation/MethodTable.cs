namespace OffGridFlow.Factors;

/// <summary>Which entries each method of data/kinds makes of a quantity, and the paragraph that asks for them.</summary>
internal static class MethodTable
{
    private const string Category3 = "GHG Protocol Scope 3 Standard ch. 5.4, category 3; Scope 3 Guidance ch. 3";

    // Where a single figure is wanted, publications print it at one of these stages. A life-cycle figure is taken where it is
    // the only one, and never beside another.
    private static readonly Stage[] Primary = [Stage.Direct, Stage.CradleToGate, Stage.EndOfLife, Stage.Embodied, Stage.LifeCycle];

    /// <summary>The entries of a plain row of the kind, the main one first.</summary>
    public static IReadOnlyList<Planner.Wanted> Entries(Kind kind) => kind.Method switch
    {
        "fuel" =>
        [
            Main(kind, "fuel-based: quantity x factor (GHG Protocol Corporate Standard ch. 6; IPCC 2006 vol. 2 eq. 2.1)"),
            WellToTank(3, 3, Category3),
        ],
        // What a car takes from the socket is purchased electricity, whoever prints it per kilometre.
        "vehicle" =>
        [
            Main(kind, "distance-based: distance x factor (GHG Protocol Corporate Standard ch. 6)"),
            Charged(Basis.Location, "location-based: electricity charged, by distance (GHG Protocol Scope 2 Guidance ch. 6)"),
            Charged(Basis.Market, $"market-based: electricity charged, by distance (GHG Protocol Scope 2 Guidance table 6.3){NoResidualMix}"),
            WellToTank(3, 3, Category3),
            Part(Stage.TransmissionLoss, "transmission-loss", "lost in transmission and distribution"),
        ],
        "electricity" or "cooling" =>
        [
            Generation("location-based: quantity x grid average (GHG Protocol Scope 2 Guidance ch. 6)"),
            Market,
            .. Category3Of(),
        ],
        "heat" =>
        [
            Generation("location-based: quantity x factor (GHG Protocol Scope 2 Guidance ch. 6)"),
            Market,
            .. Category3Of(),
        ],
        "upstream" => [new Planner.Wanted([Stage.Upstream], kind.Scope, kind.Category, "upstream", Basis.Single, $"well-to-tank: quantity x factor ({Category3})", true)],
        "biogenic" => [new Planner.Wanted([Stage.Biogenic, Stage.Direct], kind.Scope, kind.Category, Planner.BiogenicRole, Basis.Single, "biogenic CO2 outside the scopes: quantity x factor (GHG Protocol Corporate Standard ch. 9)", true)],
        "lease-energy" or "floor-area" or "product-use" => [Energy(kind, $"energy x grid average or factor ({Guidance(kind)})")],
        "cloud" => [Main(kind, "instance-hours x embodied emissions of the server per hour (Cloud Carbon Footprint, Methodology: Embodied Emissions)") with { Role = "embodied" }],
        _ => [Main(kind, Method(kind))],
    };

    /// <summary>Said of a market-based entry that no contract and no residual mix serves.</summary>
    public const string NoResidualMix = "; no contract and no residual mix published: the location-based factor stands in";

    /// <summary>Chapter of the Scope 3 Guidance that a kind's category is: they are numbered alike.</summary>
    public static string Guidance(Kind kind) => kind.Category is { } category
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"GHG Protocol Scope 3 Guidance ch. {category}")
        : "GHG Protocol Corporate Standard ch. 6";

    /// <summary>The kind's own entry.</summary>
    public static Planner.Wanted Main(Kind kind, string method) =>
        new(Primary, kind.Scope, kind.Category, "direct", Basis.Single, method, true);

    /// <summary>Emissions of generating energy used, in the kind's own scope and category.</summary>
    public static Planner.Wanted Energy(Kind kind, string method) => IsPurchasedEnergy(kind.ServedBy)
        ? new Planner.Wanted([Stage.Generation, Stage.LifeCycle], kind.Scope, kind.Category, "generation", Basis.Single, method, true)
        : Main(kind, method);

    /// <summary>Well-to-tank beside the tank-to-wheel entry of transport, on request (ISO 14083:2023 counts both; the Scope 3 Standard's minimum boundary is the carrier's own).</summary>
    public static Planner.Wanted WellToTank(Kind kind) => WellToTank(kind.Scope, kind.Category, "ISO 14083:2023 cl. 6; optional in Scope 3 Standard table 5.4");

    private static Planner.Wanted WellToTank(int scope, int? category, string paragraph) =>
        new([Stage.Upstream], scope, category, "upstream", Basis.Single, $"well-to-tank: quantity x factor ({paragraph})", false);

    private static readonly Planner.Wanted Market = new(
        [Stage.ResidualMix, Stage.Generation, Stage.LifeCycle], 2, null, "generation", Basis.Market,
        "market-based without a contract: residual mix (GHG Protocol Scope 2 Guidance table 6.3)", true);

    private static string Method(Kind kind) => kind.Method switch
    {
        "refrigerant" => $"mass released x global warming potential (GHG Protocol, Calculating HFC and PFC Emissions, 2005; IPCC 2006 vol. 3 ch. 7{(kind.Category is null ? "" : "; " + Guidance(kind))})",
        "spend" => $"spend-based: spend in the factor's prices x factor ({Guidance(kind)}, spend-based method)",
        "freight" => $"distance-based: mass x distance x factor ({Guidance(kind)}; ISO 14083:2023 cl. 6)",
        "travel" or "air" => $"distance-based: distance x factor ({Guidance(kind)})",
        "shared-fuel" => $"fuel-based: quantity x factor ({Guidance(kind)})",
        "homeworking" => $"homeworking: full-time-equivalent hours x factor ({Guidance(kind)})",
        "product-fuel" or "product-leak" => $"direct use phase: quantity over the lifetime x factor ({Guidance(kind)})",
        "waste" or "by-treatment" => $"waste-type-specific: mass by treatment x factor ({Guidance(kind)})",
        "process" => "output x emission intensity (IPCC 2006 vol. 3 and 4, tier 1; GHG Protocol Corporate Standard ch. 6)",
        _ => $"average-data: quantity x factor ({Guidance(kind)})",
    };

    private static Planner.Wanted Generation(string method) =>
        new([Stage.Generation, Stage.LifeCycle], 2, null, "generation", Basis.Location, method, true);

    private static Planner.Wanted Charged(Basis basis, string method) =>
        new([Stage.Generation], 2, null, "generation", basis, method, false);

    private static bool IsPurchasedEnergy(string kind) =>
        kind.StartsWith("electricity.", StringComparison.Ordinal) || kind.StartsWith("heat.", StringComparison.Ordinal) || kind.StartsWith("steam.", StringComparison.Ordinal);

    private static IEnumerable<Planner.Wanted> Category3Of()
    {
        // The figure for both comes first: where it exists the parts are left out.
        yield return Part(Stage.UpstreamAndTransmissionLoss, "upstream-and-transmission-loss", "upstream and losses as one figure");
        yield return Part(Stage.UpstreamGeneration, "upstream-generation", "well-to-tank of generation");
        yield return Part(Stage.TransmissionLoss, "transmission-loss", "lost in transmission and distribution");
        yield return Part(Stage.UpstreamTransmissionLoss, "upstream-transmission-loss", "well-to-tank of what is lost");
    }

    private static Planner.Wanted Part(Stage stage, string role, string what) =>
        new([stage], 3, 3, role, Basis.Single, $"{what}: quantity x factor ({Category3})", false);
}
