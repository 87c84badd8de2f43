using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine;

namespace OffGridFlow.App.Tests.Kinds;

/// <summary>Published worked examples written as rows: the sum of their entries is the printed answer.</summary>
/// <remarks>
/// GHG Protocol, Technical Guidance for Calculating Scope 3 Emissions (2013), by example number. Its factors are made up, so the
/// rows bring them in factor_value.
/// </remarks>
public sealed class WorkedExampleTests
{
    [Theory]
    [InlineData("1.1 supplier-specific", 145_000, 1,
        "goods.supplier,200000,kg,GB,factor_value=0.15|goods.supplier,600000,kg,GB,factor_value=0.1|goods.supplier,200000,kg,GB,factor_value=0.1|goods.supplier,100000,kg,GB,factor_value=0.25|goods.supplier,50000,kg,GB,factor_value=0.2")]
    [InlineData("1.3 hybrid with secondary data", 70_250, 1, "goods.hybrid,12000,item,GB,supplier_energy_kg=3000,waste_kg=50,factor_value=5.6")]
    [InlineData("4.2 distance-based", 5_000, 4,
        "freight.road.hgv,2,tonne,GB,distance_km=2000,factor_value=0.2|freight.air,3000,km,GB,weight_t=1,factor_value=1|freight.sea.container,24000,tonne.km,GB,factor_value=0.05")]
    [InlineData("4.5 site-specific storage", 5187.5, 4,
        "freight.warehouse.electricity,10000,kWh,GB,share=0.25,factor_value=0.8|freight.fuel.natural-gas,1000,kWh (gross),GB,share=25%,factor_value=0.25|freight.warehouse.electricity,15000,kWh,GB,leased_area=200,total_area=800,factor_value=0.8|freight.fuel.natural-gas,2000,kWh (gross),GB,share=0.25,factor_value=0.25")]
    [InlineData("5.1 waste-type-specific", 132_500, 5,
        "waste.mixed-commercial.landfill,2000,tonne,GB,factor_value=40|waste.mixed-commercial.combustion,5000,tonne,GB,factor_value=2|waste.paper.recycling,4000,tonne,GB,factor_value=10|water.treatment,5000,m3,GB,factor_value=0.5")]
    [InlineData("6.1 distance-based", 8_317_583.33, 6,
        "travel.car.average,50,km,GB,passengers=10,occupancy=2,factor_value=1|travel.car.average,200,km,GB,passengers=20,occupancy=2,factor_value=2|travel.car.average,100,km,GB,passengers=100,occupancy=3,factor_value=4|travel.air,10000,km,GB,passengers=10,factor_value=5|travel.air,15000,km,GB,passengers=20,factor_value=6|travel.air,12000,km,GB,passengers=100,factor_value=5")]
    [InlineData("7.2 average-data", 6_697_500, 7,
        "commute.rail.national,10,passenger-km,GB,employees=10000,days=235,return=yes,share=0.5,factor_value=0.1|commute.car.average,15,km,GB,employees=10000,days=235,return=yes,share=0.3,factor_value=0.2|commute.bus.local,5,passenger-km,GB,employees=10000,days=235,return=yes,share=0.05,factor_value=0.1")]
    [InlineData("9.1 distance-based", 1_600, 9, "freight-out.road.hgv,4,tonne,GB,distance_km=2000,factor_value=0.2")]
    [InlineData("10.2 average-data", 1_500, 10, "processing.metal-forming,1000,kg,GB,factor_value=1.5")]
    [InlineData("11.2 indirect use", 760_000, 11,
        "product.use.electricity,2000,item,GB,lifetime_uses=1000,kwh_per_use=0.4,share=0.2,factor_value=0.5|product.use.electricity,2000,item,GB,lifetime_uses=1000,kwh_per_use=0.5,share=0.4,factor_value=0.5|product.use.electricity,2000,item,GB,lifetime_uses=1000,kwh_per_use=1.2,share=0.4,factor_value=0.5")]
    [InlineData("12.1 by treatment", 3_700, 12,
        "product.end-of-life.landfill,10000,kg,GB,share=0.9,factor_value=0.3|product.end-of-life.mixed-commercial.combustion,10000,kg,GB,share=0.1,factor_value=1")]
    [InlineData("14.1 franchise-specific", 355_000, 14,
        "franchise.reported,120000,kgCO2e,GB|franchise.reported,35,tCO2e,GB|franchise.reported,40000,kgCO2e,GB|franchise.reported,120000,kgCO2e,GB|franchise.reported,40000,kg,GB")]
    [InlineData("15.1 equity", 493_000_000, 15,
        "investment.reported,120000,tCO2e,GB,share=0.4|investment.reported,200000,tCO2e,GB,share=0.15|investment.reported,1600000,tCO2e,GB,share=0.25|investment.reported,60000,tCO2e,GB,share=0.25")]
    [InlineData("15.3 project finance", 26_833_333.33, 15,
        "investment.project-finance,1000000,USD,US,project_total=20000000,emissions_t=200000|investment.project-finance,5000000,USD,US,total_equity=20000000,total_debt=30000000,emissions_t=10000|investment.project-finance,3000000,USD,US,project_total=60000000,emissions_t=250000|investment.project-finance,10000000,USD,US,project_total=90000000,emissions_t=30000")]
    public void rows_come_to_the_printed_answer(string example, double kilograms, int category, string rows)
    {
        var entries = rows.Split('|').SelectMany(Entries).ToList();

        Assert.StartsWith(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{category}."), example, StringComparison.Ordinal);
        Assert.All(entries, entry => Assert.Equal((3, category), (entry.Plan.Scope, entry.Plan.Category)));
        Assert.Equal((decimal)kilograms, entries.Sum(entry => entry.Amounts.Co2eKg), 2);
    }

    [Theory]
    [InlineData(GwpSet.Ar4, 23123)]
    [InlineData(GwpSet.Ar5, 23793)]
    [InlineData(GwpSet.Ar6, 25500.9)]
    public void one_kilogram_each_of_methane_nitrous_oxide_and_sf6_under_each_report(GwpSet set, double kilograms)
    {
        var sum = new[] { "refrigerant.ch4", "refrigerant.n2o", "refrigerant.sf6" }
            .Sum(kind => Product.Estimator(set).Estimate(Product.Activity(kind, 1m, "kg", "world", "2025")).Entries[0].Amounts.Co2eKg);

        Assert.Equal((decimal)kilograms, sum);
    }

    // 1,000,000 kWh, of which 600,000 by zero-emission certificates and the rest at a residual mix of 0.45 kg/kWh: 180 t.
    [Theory]
    [InlineData("instrument=certificate,instrument_quantity=600000,factor_value=0,residual_factor=0.45", 180_000)]
    [InlineData("instrument=i-rec,instrument_quantity=600000,residual_factor=0.45", 180_000)]
    [InlineData("instrument=residual-mix,factor_value=0.45", 450_000)]
    [InlineData("residual_factor=0.45", 450_000)]
    [InlineData("factor_value=0.3", 300_000)]
    public void market_based_electricity_takes_certificates_first_and_the_residual_mix_for_the_rest(string columns, int market)
    {
        var entries = Entries($"electricity.grid,1000000,kWh,GB,start=2024-01-01,end=2024-12-31,{columns}");

        Assert.Equal(market, entries.Where(entry => entry.Plan.Basis == Basis.Market).Sum(entry => entry.Amounts.Co2eKg));
        Assert.Equal(207_050m, entries.Single(entry => entry.Plan.Basis == Basis.Location).Amounts.Co2eKg);
        Assert.Equal(1_000_000m, entries.Where(entry => entry.Plan.Basis == Basis.Market).Sum(entry => entry.Quantity));
    }

    private static IReadOnlyList<PlannedEntry> Entries(string row)
    {
        var estimate = Product.Estimator().Estimate(KindExample.Parse(row).Activity(Product.Data));

        Assert.True(estimate.Problem is null, $"{row}: {estimate.Problem}");
        return estimate.Entries;
    }
}
