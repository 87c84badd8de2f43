using OffGridFlow.Engine.Allocation;
using OffGridFlow.Engine.Methods;
using OffGridFlow.Engine.Uncertainty;

namespace OffGridFlow.Engine.Tests.Support;

/// <summary>The engine's functions under the names the vectors use.</summary>
internal static class EngineMethods
{
    public static IReadOnlyDictionary<string, Func<Inputs, decimal>> ByName { get; } =
        Scope1().Concat(Scope2AndGeneral()).Concat(Upstream()).Concat(Downstream()).ToDictionary(StringComparer.Ordinal);

    private static Dictionary<string, Func<Inputs, decimal>> Scope1() => new(StringComparer.Ordinal)
    {
        ["Combustion.Emissions"] = i => Combustion.Emissions(i["fuel"], i["factor"]),
        ["Combustion.Emissions by mileage"] = i => Combustion.Emissions(i["miles"] / i["mpg"], i["perGallon"]) / i["co2Share"],
        ["Combustion.FromHeatContent"] = i => Combustion.FromHeatContent(i["fuel"], i["heat"], i["factor"]),
        ["Combustion.FromCarbon"] = i => Combustion.FromCarbon(i["carbon"], i["oxidised"]) * i["scale"],
        ["Combustion.FromCarbon by heat"] = i => Combustion.FromCarbon(i["fuel"] * i["heat"] * i["carbon"]) * i["scale"],
        ["Combustion.FromGasComposition"] = i => Combustion.FromGasComposition(i["scf"], i["carbon"], i["weight"]),
        ["Combustion.Mass"] = i => Combustion.Mass(i["litres"], i["density"]),
        ["Combustion.Volume"] = i => Combustion.Volume(i["kg"], i["density"]),
        ["Combustion.Energy"] = i => Combustion.Energy(i["kg"], i["cv"]),
        ["Combustion.Net"] = i => Combustion.Net(i["energy"], i["ratio"]),
        ["Combustion.Gross"] = i => Combustion.Gross(i["energy"], i["ratio"]),
        ["Combustion.FactorPerGross"] = i => Combustion.FactorPerGross(i["factor"], i["ratio"]),
        ["Combustion.FactorPerNet"] = i => Combustion.FactorPerNet(i["factor"], i["ratio"]),
        ["Process.FromOutput"] = i => Process.FromOutput(i["output"], i["intensity"]),
        ["Process.OxideFactor"] = i => Process.OxideFactor(i["oxide"], i["ratio"]),
        ["Process.Clinker"] = i => Process.Clinker(i["clinker"], i["factor"], i["dust"]),
        ["Process.KilnDustCorrection"] = i =>
            Process.KilnDustCorrection(i["dust"], i["clinker"], i["carbonate"], i["calcined"], i["efCarbonate"], i["efClinker"]),
        ["Process.Lime"] = i => Process.Lime(i["lime"], i["factor"], i["dust"], i["hydration"]),
        ["Process.AluminiumSlope"] = i =>
        {
            var (cf4, c2f6) = Process.AluminiumSlope(i["slope"], i["aem"], i["metal"], i["fraction"]);
            return i.Text("take") == "cf4" ? cf4 : c2f6;
        },
        ["Process.AluminiumAnodes"] = i => Process.AluminiumAnodes(i["anode"], i["metal"], i["sulphur"], i["ash"]),
        ["Process.NitricAcid"] = i => Process.NitricAcid(i["acid"], i["factor"], i["destruction"], i["use"]),
        ["Refrigerants.MassBalance"] = i => Refrigerants.MassBalance(
            new RefrigerantYear(i["stockStart"], i["stockEnd"], i["acquired"], i["disbursed"], i["capacityStart"], i["capacityEnd"])),
        ["Refrigerants.SimplifiedBalance"] = i =>
            Refrigerants.SimplifiedBalance(i["charged"], i["capacityNew"], i["serviced"], i["capacityScrapped"], i["recovered"]),
        ["Refrigerants.Installation"] = i => Refrigerants.Installation(i["charge"], i["rate"]),
        ["Refrigerants.Operation"] = i => Refrigerants.Operation(i["capacity"], i["rate"], i["years"]),
        ["Refrigerants.Disposal"] = i => Refrigerants.Disposal(i["capacity"], i["left"], i["recovered"]),
        ["Refrigerants.BlendPotential"] = i => Refrigerants.BlendPotential([.. i.List("share").Zip(i.List("potential"))]),
    };

    private static Dictionary<string, Func<Inputs, decimal>> Scope2AndGeneral() => new(StringComparer.Ordinal)
    {
        ["Lines.Sum"] = i => Lines.Sum(LinesOf(i)),
        ["Lines.Co2e"] = i => Lines.Co2e([.. i.List("mass").Zip(i.List("potential"))]),
        ["Scope2.LocationBased"] = i => Scope2.LocationBased(i["kwh"], i["factor"]),
        ["Scope2.AllocateMarket"] = i => Scope2.AllocateMarket(
            i["kwh"],
            [.. i.List("covered").Zip(i.List("rank"), i.List("factor")).Select(x => new Instrument("claim", (InstrumentRank)x.Second, x.First, x.Third))],
            i.Text("residual") == "none" ? null : new GridRate(i["residual"], "country"),
            new GridRate(i["grid"], "country")).Emissions!.Value,
        ["Scope2.Upstream"] = i => i.List("kwh").Zip(i.List("factor"), Scope2.Upstream).Sum(),
        ["Scope2.TransmissionLoss"] = i =>
            i.List("kwh").Zip(i.List("factor"), i.List("loss")).Sum(x => Scope2.TransmissionLoss(x.First, x.Second, x.Third)),
        ["Scope2.LossOfConsumed"] = i => Scope2.LossOfConsumed(i["loss"]),
        ["Scope2.Chain"] = i =>
        {
            var chain = Scope2.Chain(i["generated"], i["consumed"], i["lost"], i["generation"], i["fuel"]);
            return i.Text("take") switch { "scope2" => chain.Scope2, "upstream" => chain.FuelUpstream, _ => chain.Losses };
        },
        ["Consolidation.Share"] = i => Consolidation.Share(
            i.Enum<ConsolidationApproach>("approach"), new Holding(i.Enum<HoldingKind>("kind"), i["equity"], i["operates"] == 1)),
        ["Consolidation.Chain"] = i => Consolidation.Chain(i.List("share")),
        ["Interval.OfProduct"] = i => (decimal)Interval.OfProduct([.. i.List("halfWidth").Select(x => (double)x)]),
        ["Propagation.OfSum"] = i =>
            (decimal)Propagation.OfSum([.. i.List("value").Zip(i.List("halfWidth"), (value, half) => (value, (double)half))])!.Value,
        ["Pedigree.SquaredGeometricDeviation"] = i =>
        {
            var score = i.List("scores").Select(x => (int)x).ToArray();
            return (decimal)Pedigree.SquaredGeometricDeviation(
                new PedigreeScores(score[0], score[1], score[2], score[3], score[4]), i.Enum<BasicUncertainty>("basic"));
        },
    };

    private static Dictionary<string, Func<Inputs, decimal>> Upstream() => new(StringComparer.Ordinal)
    {
        ["PurchasedGoods.SupplierSpecific"] = i => PurchasedGoods.SupplierSpecific(LinesOf(i)),
        ["PurchasedGoods.AverageData"] = i => PurchasedGoods.AverageData(LinesOf(i)),
        ["PurchasedGoods.SpendBased"] = i => PurchasedGoods.SpendBased(LinesOf(i)),
        ["PurchasedGoods.Hybrid"] = i => PurchasedGoods.Hybrid(
            LinesOf(i, "energy."),
            LinesOf(i, "material."),
            [.. i.List("haul.distance").Zip(i.List("haul.mass"), i.List("haul.factor")).Select(x => new Haul(x.First, x.Second, x.Third))],
            LinesOf(i, "waste.")),
        ["PurchasedGoods.HybridWithSecondary"] = i =>
            PurchasedGoods.HybridWithSecondary(LinesOf(i, "energy."), LinesOf(i, "waste."), new Line(i["quantity"], i["factor"])),
        ["PurchasedGoods.Deflate"] = i => PurchasedGoods.Deflate(i["spend"], i["spendIndex"], i["factorIndex"]),
        ["Freight.FuelBased"] = i => Freight.FuelBased(LinesOf(i)),
        ["Freight.SpendBased"] = i => Freight.SpendBased(LinesOf(i)),
        ["Freight.DistanceBased"] = i => Freight.DistanceBased(
            [.. i.List("mass").Zip(i.List("distance"), i.List("factor")).Select(x => new FreightLeg(x.First, x.Second, x.Third))]),
        ["Freight.AllocateByTonneKilometres"] = i => Freight.AllocateByTonneKilometres(i["emissions"], i.List("tkm"))[(int)i["part"]],
        ["Freight.Intensity"] = i => Freight.Intensity(i["emissions"], i["tkm"]),
        ["Freight.RoundTrip"] = i => Freight.RoundTrip(i["loaded"], i["loadedFactor"], i["empty"], i["emptyFactor"]),
        ["Freight.FactorAtLoad"] = i => Freight.FactorAtLoad(i["empty"], i["full"], i["load"]),
        ["Freight.AdjustedDistance"] = i => Freight.AdjustedDistance(i["km"], i["adjustment"]),
        ["Freight.StorageSiteSpecific"] = i => Freight.StorageSiteSpecific(LinesOf(i), i["ours"], i["total"]),
        ["Freight.StorageAverage"] = i =>
            i.List("volume").Zip(i.List("days"), i.List("factor")).Sum(x => Freight.StorageAverage(x.First, x.Second, x.Third)),
        ["Waste.ByType"] = i => Waste.ByType(LinesOf(i)),
        ["Waste.ByTreatment"] = i => Waste.ByTreatment(i["mass"], [.. i.List("share").Zip(i.List("factor"))]),
        ["Waste.MassAtEndOfLife"] = i => Waste.MassAtEndOfLife(i["goods"], i["packaging"], i["consumed"]),
        ["Waste.Incineration"] = i => Waste.Incineration(i["mass"], i["dry"], i["carbon"], i["fossil"], i["oxidised"]),
        ["Travel.ByVehicle"] = i => i.List("travellers").Zip(i.List("occupancy")).Zip(i.List("km"), i.List("factor"))
            .Sum(x => Travel.ByVehicle(x.First.First, x.First.Second, x.Second, x.Third)),
        ["Travel.ByPassenger"] = i => Travel.ByPassenger(i["travellers"], i["km"], i["factor"]),
        ["Travel.Flight"] = i => i.List("passengers").Zip(i.List("km"), i.List("factor"))
            .Sum(x => Travel.Flight(x.First, x.Second, x.Third, i["uplift"], i["rf"])),
        ["Travel.Hotel"] = i => Travel.Hotel(i["rooms"], i["nights"], i["factor"]),
        ["Travel.SpendBased"] = i => Travel.SpendBased(LinesOf(i)),
        ["Travel.GreatCircle"] = i =>
            (decimal)Travel.GreatCircle((double)i["lat1"], (double)i["lon1"], (double)i["lat2"], (double)i["lon2"]),
        ["Commuting.Distance"] = i => i.List("oneway").Zip(i.List("days"), Commuting.Distance).Sum(),
        ["Commuting.DistanceBased"] = i => i.List("oneway").Zip(i.List("days"), i.List("factor"))
            .Sum(x => Commuting.DistanceBased(x.First, x.Second, x.Third)),
        ["Commuting.AverageData"] = i => Commuting.AverageData(
            i["employees"],
            i["days"],
            [.. i.List("share").Zip(i.List("oneway"), i.List("factor")).Select(x => new CommuteMode(x.First, x.Second, x.Third))]),
        ["Commuting.HomeworkingHours"] = i => Commuting.HomeworkingHours(i["hours"], i["factor"]),
        ["Commuting.HomeworkingEnergy"] = i => Commuting.HomeworkingEnergy(i["kwh"], i["baseline"], i["factor"]),
    };

    private static Dictionary<string, Func<Inputs, decimal>> Downstream() => new(StringComparer.Ordinal)
    {
        ["LeasedAssets.AssetSpecific"] = i => LeasedAssets.AssetSpecific(
            LeasedAssets.FloorShare(i["area"], i["totalArea"], i["occupancy"]), i["partOfYear"], LinesOf(i)),
        ["LeasedAssets.PartnerSpecific"] = i => LeasedAssets.PartnerSpecific(i["scope1and2"], i["leased"], i["total"]),
        ["LeasedAssets.AverageData"] = i => LeasedAssets.AverageData(LinesOf(i)),
        ["LeasedAssets.Franchises"] = i => LeasedAssets.Franchises([.. i.List("scope1").Zip(i.List("scope2"))]),
        ["Processing.SiteSpecific"] = i => Processing.SiteSpecific(i["share"], LinesOf(i)),
        ["Processing.AverageData"] = i => Processing.AverageData(LinesOf(i)),
        ["ProductUse.Direct"] = i => i.List("uses").Zip(i.List("sold")).Zip(i.List("energy"), i.List("factor"))
            .Sum(x => ProductUse.Direct(x.First.First, x.First.Second, x.Second, x.Third)),
        ["ProductUse.LifetimeUses"] = i => ProductUse.LifetimeUses(i["days"], i["perDay"], i["years"]),
        ["ProductUse.Fuels"] = i => ProductUse.Fuels(LinesOf(i)),
        ["ProductUse.ContainedGas"] = i => ProductUse.ContainedGas(i["gas"], i["sold"], i["released"], i["potential"]),
        ["ProductUse.Indirect"] = i => ProductUse.Indirect(
            i["uses"],
            i["sold"],
            [.. i.List("share").Zip(i.List("energy"), i.List("factor")).Select(x => new UseScenario(x.First, x.Second, x.Third))]),
        ["ProductUse.Intermediate"] = i => ProductUse.Intermediate(i["sold"], i["uses"], i["perUse"], i["part"], i["whole"]),
        ["ProductUse.Intensity"] = i => ProductUse.Intensity(i["emissions"], i["uses"], i["sold"]),
        ["Investments.EnterpriseValue"] = i => Investments.EnterpriseValue(i["ordinary"], i["preferred"], i["debt"], i["minorities"]),
        ["Investments.ListedAttribution"] = i => Investments.ListedAttribution(i["outstanding"], i["evic"]),
        ["Investments.BalanceSheetAttribution"] = i => Investments.BalanceSheetAttribution(i["outstanding"], i["equity"], i["debt"]),
        ["Investments.PropertyAttribution"] = i => Investments.PropertyAttribution(i["outstanding"], i["value"]),
        ["Investments.VehicleAttribution"] = i => Investments.VehicleAttribution(i["outstanding"], i["value"]),
        ["Investments.SovereignAttribution"] = i => Investments.SovereignAttribution(i["outstanding"], i["value"]),
        ["Investments.Financed"] = i => Investments.Financed([.. i.List("emissions").Zip(i.List("attribution"))]),
        ["Investments.Project"] = i => i.List("emissions").Zip(i.List("invested"), i.List("cost"))
            .Sum(x => Investments.Project(x.First, x.Second, x.Third)),
        ["Investments.AverageData"] = i => Investments.AverageData(i["share"], LinesOf(i)),
        ["Investments.Lifetime"] = i => Investments.Lifetime(i["yearly"], i["years"], i["share"]),
        ["Investments.EconomicIntensity"] = i => Investments.EconomicIntensity(i["financed"], i["outstanding"]),
        ["Investments.MarketAdjustment"] = i => Investments.MarketAdjustment([.. i.List("weight").Zip(i.List("base"), i.List("current"))]),
        ["Investments.WeightedQuality"] = i =>
            Investments.WeightedQuality([.. i.List("outstanding").Zip(i.List("score"), (amount, score) => (amount, (int)score))]),
    };

    private static Line[] LinesOf(Inputs inputs, string prefix = "") =>
        [.. inputs.List(prefix + "quantity").Zip(inputs.List(prefix + "factor"), (quantity, factor) => new Line(quantity, factor))];
}
