using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine;

namespace OffGridFlow.App.Tests.Kinds;

/// <summary>Rows of methods that need more than a quantity, each against arithmetic a person can redo.</summary>
public sealed class MethodRowTests
{
    [Fact]
    public void a_cloud_row_has_the_making_of_the_server_and_the_running_of_it()
    {
        var estimate = Estimate("cloud.aws.m5.large,100,hour,world,cloud_region=EU-WEST-1,utilisation=50%,start=2022-01-01,end=2022-12-31");
        var (embodied, use) = (estimate.Entries[0], estimate.Entries[1]);

        // data/cloud: 1.225977707808065 W idle, 8.208340705921062 W at full load; PUE 1.135; 0.316 kg CO2e/kWh at eu-west-1.
        Assert.Equal(Disposition.Calculated, estimate.Disposition);
        Assert.Equal([("embodied", 1), ("use", 1)], estimate.Entries.Select(entry => (entry.Plan.Role, entry.Plan.Category!.Value)));
        Assert.Equal(100m * 0.0009577090468036529680365297m, embodied.Amounts.Co2eKg);
        Assert.Equal((1.225977707808065m + 8.208340705921062m) / 2m * 100m * 1.135m / 1000m, use.Quantity, 20);
        Assert.Equal(use.Quantity * 0.316m, use.Amounts.Co2eKg);
        Assert.Equal(2, estimate.Steps.Count);
    }

    [Theory]
    [InlineData("cloud_region=europe-west1,start=2024-03-01,end=2024-03-31", "cloud-google:2024")]
    [InlineData("cloud_region=europe-west1,start=2019-03-01,end=2019-03-31", "cloud-google:2019")]
    [InlineData("start=2024-03-01,end=2024-03-31", "desnz:2024")]
    public void a_cloud_regions_own_grid_factor_comes_before_the_countrys(string columns, string edition) =>
        Assert.Equal(edition, Estimate($"cloud.gcp.n2-standard-4,1,hour,GB,utilisation=0.3,{columns}").Entries[1].Plan.Edition);

    [Fact]
    public void a_cloud_row_without_utilisation_is_an_estimate_at_half_load()
    {
        var estimate = Estimate("cloud.aws.m5.large,1,hour,IE");

        Assert.Equal(Disposition.Estimated, estimate.Disposition);
        Assert.Contains(estimate.Notes, note => note.Code == "cloud.utilisation-assumed");
    }

    [Fact]
    public void a_stated_calorific_value_turns_gas_by_volume_into_gross_energy()
    {
        var byVolume = Estimate("fuel.natural-gas,1000,m3,GB,calorific_value=39.6 MJ/m3,start=2025-01-01,end=2025-12-31");
        var byKilowattHours = Estimate("fuel.natural-gas,1000,m3,GB,calorific_value=11 kWh/m³ (gross),start=2025-01-01,end=2025-12-31");

        Assert.Equal(11_000m * 0.18296m, byVolume.Entries[0].Amounts.Co2eKg);
        Assert.Equal(byVolume.Entries[0].Amounts, byKilowattHours.Entries[0].Amounts);
        Assert.Contains("39.6 MJ/m3", byVolume.Steps[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void a_flight_and_its_return_is_two_flights_and_radiative_forcing_can_be_left_out()
    {
        var there = Estimate("travel.air,1,person,GB,from=LHR,to=JFK,class=economy,start=2025-01-01,end=2025-12-31").Entries.Single();
        var back = Estimate("travel.air,1,person,GB,from=LHR,to=JFK,class=economy,return=yes,start=2025-01-01,end=2025-12-31").Entries.Single();
        var without = Estimate("travel.air,1,person,GB,from=LHR,to=JFK,class=economy,rf=no,start=2025-01-01,end=2025-12-31").Entries.Single();

        Assert.Equal(2m * there.Amounts.Co2eKg, back.Amounts.Co2eKg);
        Assert.True(without.Amounts.Co2eKg < there.Amounts.Co2eKg);
        Assert.Equal("travel.air.long-haul.economy.without-rf", without.Plan.Factor!.Kind);
    }

    [Theory]
    [InlineData("refrigerant.r-134a,10,kg,GB,stock_start=12,stock_end=9,disbursed=4,capacity_start=100,capacity_end=103", 6)]
    [InlineData("refrigerant.r-134a,100,kg,GB,leak_rate=4%,lifetime_years=0.5", 2)]
    [InlineData("refrigerant.r-134a,100,kg,GB,installation_loss=0.01,leak_rate=0.05,lifetime_years=10,charge_left=0.8,recovered=0.9", 59)]
    [InlineData("product.use.refrigerant.r-134a,100,item,GB,charge_kg=0.5,released=0.6", 30)]
    public void gas_released_follows_from_balance_or_charge(string row, int kilograms) =>
        Assert.Equal(kilograms, Estimate(row).Entries.Single().Quantity);

    [Fact]
    public void a_battery_car_of_the_company_charges_in_scope_2_on_both_bases()
    {
        var entries = Estimate("vehicle.car.battery-electric-vehicle,1000,km,GB,start=2025-01-01,end=2025-12-31").Entries;

        Assert.Equal(
            [(1, "direct", Basis.Single, 0m), (2, "generation", Basis.Location, 36.63m), (2, "generation", Basis.Market, 36.63m), (3, "upstream", Basis.Single, 10.49m), (3, "transmission-loss", Basis.Single, 3.84m)],
            entries.Select(entry => (entry.Plan.Scope, entry.Plan.Role, entry.Plan.Basis, entry.Amounts.Co2eKg)));
    }

    [Fact]
    public void well_to_wheel_adds_the_upstream_part_and_never_the_life_cycle()
    {
        var without = Estimate("freight.road.hgv,1000,tonne.km,IN").Entries;
        var with = Estimate("freight.road.hgv,1000,tonne.km,IN,well_to_wheel=yes").Entries;

        // Smart Freight Centre India prints the sum as well: 82.3 g/tkm.
        Assert.Equal([Stage.Direct], without.Select(entry => entry.Plan.Factor!.Stage));
        Assert.Equal([Stage.Direct, Stage.Upstream], with.Select(entry => entry.Plan.Factor!.Stage));
        Assert.Equal(82.3m, with.Sum(entry => entry.Amounts.Co2eKg));
        Assert.All(with, entry => Assert.Equal((3, 4), (entry.Plan.Scope, entry.Plan.Category)));
    }

    [Theory]
    [InlineData("fuel.biodiesel,100,litre,GB", 239)]
    [InlineData("fuel.bioethanol,100,litre,GB", 152)]
    [InlineData("fuel.wood-pellets,1,tonne,GB", 1677.18)]
    [InlineData("fuel.diesel,100,litre,GB", 14)]
    [InlineData("fuel.petrol,100,litre,GB", 13)]
    [InlineData("fuel.wood,1,us short ton,US", 1640)]
    [InlineData("biogenic.wood-pellets,1,tonne,GB", 1677.18)]
    [InlineData("biogenic.wood,1,us short ton,US", 1640)]
    [InlineData("fuel.biodiesel.mobile-co2,100,us gallon,US", 945)]
    [InlineData("electricity.grid,1000,kWh,GB", 115.07)]
    [InlineData("biogenic.co2,2,tCO2e,GB", 2000)]
    public void biogenic_co2_stands_apart_from_co2e(string row, double kilograms)
    {
        var entry = Estimate(row + ",start=2025-01-01,end=2025-12-31").Entries[0];

        Assert.Equal((decimal)kilograms, entry.Amounts.BiogenicCo2Kg);
        Assert.True(row.StartsWith("biogenic", StringComparison.Ordinal) || row.Contains("mobile-co2", StringComparison.Ordinal)
            ? entry.Amounts.Co2eKg == 0m : entry.Amounts.Co2eKg > 0m);
    }

    [Fact]
    public void a_split_by_treatment_has_an_entry_for_each()
    {
        var split = Estimate("product.end-of-life.by-treatment.paper,10,tonne,GB,landfill=0.4,recycling=0.6,packaging=1,consumed=0.1");
        var landfill = Estimate("product.end-of-life.paper.landfill,4,tonne,GB").Entries.Single();

        Assert.Equal([("landfill", 12, 4m), ("recycling", 12, 6m)], split.Entries.Select(entry => (entry.Plan.Role, entry.Plan.Category!.Value, entry.Quantity)));
        Assert.Equal(landfill.Amounts, split.Entries[0].Amounts);
    }

    [Fact]
    public void a_factor_the_row_names_serves_both_bases_and_leaves_upstream_in_place()
    {
        var activity = Product.Activity("electricity.grid", 1000m, "kWh", "GB", "2025") with { Factor = "desnz:2024:7_400_4000_5" };
        var usual = Product.Estimator().Estimate(activity with { Factor = null });
        var named = Product.Estimator().Estimate(activity);

        Assert.Equal([(Basis.Location, 207.05m), (Basis.Market, 207.05m)], named.Entries.Take(2).Select(entry => (entry.Plan.Basis, entry.Amounts.Co2eKg)));
        Assert.Equal(usual.Entries.Skip(2).Select(entry => entry.Plan.FactorId), named.Entries.Skip(2).Select(entry => entry.Plan.FactorId));
        Assert.NotEmpty(named.Entries.Skip(2));
    }

    [Fact]
    public void a_figure_of_the_row_replaces_the_main_entry_and_leaves_upstream_in_place()
    {
        var entries = Estimate("fuel.diesel,100,litre,GB,factor_value=2.4,start=2025-01-01,end=2025-12-31").Entries;

        Assert.Equal([("direct", 240m), ("upstream", 61.101m)], entries.Select(entry => (entry.Plan.Role, entry.Amounts.Co2eKg)));
    }

    [Theory]
    [InlineData("2023-01-01", "2023-12-31", 1)]
    [InlineData("2024-01-01", "2024-12-31", 1)]
    [InlineData("2023-01-01", "2024-12-31", 2)]
    public void floor_area_counts_calendar_years_by_their_own_days(string start, string end, int years)
    {
        var estimate = Estimate($"lease.building.floor-area,100,m2,GB,energy_intensity=50,share=0.5,start={start},end={end}");

        Assert.Equal(2500m * years, estimate.Entries.Single().Quantity);
        Assert.Equal(Disposition.Calculated, estimate.Disposition);
    }

    [Theory]
    [InlineData("commute.homeworking,100,day,GB,hours_per_day=7.5", 750)]
    [InlineData("commute.homeworking,10,person,GB,days=20,hours_per_day=8", 1600)]
    [InlineData("commute.homeworking,90,minute,GB", 1.5)]
    public void homeworking_counts_hours_worked(string row, double hours) =>
        Assert.Equal((decimal)hours, Estimate(row).Entries.Single().Quantity, 10);

    [Fact]
    public void cooling_is_the_electricity_of_the_chiller()
    {
        var cooling = Estimate("cooling.district,4200,kWh,GB,cop=4.2");
        var electricity = Estimate("electricity.grid,1000,kWh,GB");

        Assert.Equal(electricity.Entries.Select(entry => entry.Amounts), cooling.Entries.Select(entry => entry.Amounts));
    }

    [Theory]
    [InlineData("investment.corporate-bond,1000,EUR,DE,evic=50000,emissions_t=12,pcaf_option=1a", 1)]
    [InlineData("investment.mortgage,1000,EUR,DE,property_value=50000,emissions_t=12,pcaf_option=2b", 4)]
    [InlineData("investment.vehicle-loan,1000,EUR,DE,vehicle_value=50000,emissions_t=12,pcaf_score=5", 5)]
    public void pcafs_score_widens_the_range(string row, int score)
    {
        var entry = Estimate(row).Entries.Single();
        var (least, most) = (0.02m, 0.50m);

        Assert.Equal(240m, entry.Amounts.Co2eKg);
        Assert.InRange(entry.Plan.ActivityHalfWidth, least, most);
        Assert.Equal(score switch { 1 => 0.02m, 4 => 0.25m, _ => 0.50m }, entry.Plan.ActivityHalfWidth);
    }

    [Theory]
    [InlineData("fuel.natural-gas,1000,m3,GB,calorific_value=39.5", "calorific-value.unclear")]
    [InlineData("fuel.natural-gas,1000,m3,GB,calorific_value=48 MJ/kg", "calorific-value.unclear")]
    [InlineData("refrigerant.r-134a,1,kg,GB,stock_start=12,stock_end=9,disbursed=40,capacity_start=1,capacity_end=1", "refrigerant.balance-negative")]
    [InlineData("refrigerant.r-134a,1,kg,GB,stock_start=12", "column.missing")]
    [InlineData("cloud.aws.m5.large,1,hour,GB,cloud_region=mars-1", "cloud.region-unknown")]
    [InlineData("cloud.aws.m5.large,1,kg,GB", "unit.dimension")]
    [InlineData("waste.by-treatment.paper,1,tonne,GB,landfill=0.5", "treatment.shares")]
    [InlineData("travel.rail.national,10,passenger-km,GB,occupancy=2", "travel.occupancy")]
    [InlineData("travel.car.average,10,km,GB,occupancy=0.5", "number.range")]
    [InlineData("travel.car.average,10,km,GB,return=perhaps", "word.unknown")]
    [InlineData("investment.listed-equity,100,EUR,DE,evic=50,emissions_t=1", "investment.over-attributed")]
    [InlineData("investment.mortgage,100,EUR,DE,property_value=500,emissions_t=1,pcaf_option=3c", "word.unknown")]
    [InlineData("investment.listed-equity,100,kg,DE,evic=500,emissions_t=1", "unit.dimension")]
    [InlineData("processing.metal-forming,1,kg,GB", "column.missing")]
    [InlineData("goods.supplier,1,kg,GB", "column.missing")]
    [InlineData("goods.hybrid,1,kg,GB,supplier_energy_kg=4", "column.missing")]
    [InlineData("cooling.district,1,kWh,GB", "column.missing")]
    [InlineData("electricity.grid,10,kWh,GB,instrument=certificate,instrument_quantity=11,factor_value=0", "instrument.over-claimed")]
    [InlineData("electricity.grid,10,kWh,GB,instrument=none,factor_value=0", "instrument.rate-unused")]
    [InlineData("lease.electricity,10,kWh,GB,leased_area=90,total_area=100,building_occupancy=0.5", "number.range")]
    [InlineData("commute.homeworking,10,day,GB", "column.missing")]
    [InlineData("product.use.electricity,10,item,GB,lifetime_years=2", "column.missing")]
    public void what_a_row_lacks_or_contradicts_is_a_problem_with_a_code(string row, string code)
    {
        var estimate = Estimate(row);

        Assert.Equal(code, estimate.Problem?.Code);
        Assert.Empty(estimate.Entries);
    }

    [Fact]
    public void a_named_factor_of_another_stage_is_refused()
    {
        var upstream = Product.Data.Library.OfKind("fuel.diesel").ToArray().First(row => row.Stage == Stage.Upstream);

        var estimate = Product.Estimator().Estimate(Product.Activity("fuel.diesel", 1m, "L", "GB", "2025") with { Factor = upstream.Id });

        Assert.Equal("factor.stage", estimate.Problem?.Code);
    }

    [Fact]
    public void a_place_with_its_own_commuting_factor_is_served_by_it_and_others_by_travel()
    {
        var india = Estimate("commute.bus,1,passenger-km,IN").Entries[0].Plan;
        var britain = Estimate("commute.bus.local,1,passenger-km,GB").Entries[0].Plan;

        Assert.Equal(("india-cea", 7), (india.Factor!.Edition.Publisher, india.Category));
        Assert.Equal(("desnz", "travel.bus.local", 7), (britain.Factor!.Edition.Publisher, britain.Factor.Kind, britain.Category));
    }

    [Fact]
    public void a_column_that_the_kind_does_not_list_changes_nothing()
    {
        var plain = Estimate("travel.car.average,100,km,GB");
        var other = Estimate("travel.car.average,100,km,GB,days=3,employees=7,leak_rate=often,landfill=2");

        Assert.Equal(plain.Entries[0].Amounts, other.Entries[0].Amounts);
    }

    private static Estimate Estimate(string row) => Product.Estimator().Estimate(KindExample.Parse(row).Activity(Product.Data));
}
