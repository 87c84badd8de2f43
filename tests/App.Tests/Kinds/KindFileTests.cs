using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Kinds;

/// <summary>data/kinds/kinds.csv: every kind is complete, its example works, and every factor has a kind that reaches it.</summary>
public sealed class KindFileTests
{
    // Keys that files written for this product may count on, each with a row that must be calculated: quantity, unit, region, columns.
    public static TheoryData<string, string> Promised => new()
    {
        { "electricity.grid", "1000,kWh,GB" },
        { "heat.district", "1000,kWh,GB" },
        { "steam.purchased", "20,GJ,GB" },
        { "fuel.natural-gas", "1000,kWh (gross),GB" },
        { "fuel.diesel", "100,litre,GB" },
        { "fuel.petrol", "100,litre,GB" },
        { "fuel.lpg", "100,litre,GB" },
        { "fuel.fuel-oil", "1,tonne,GB" },
        { "fuel.coal.industrial", "1,tonne,GB" },
        { "fuel.biodiesel", "100,litre,GB" },
        { "fuel.wood-pellets", "1,tonne,GB" },
        { "refrigerant.r-134a", "1,kg,GB" },
        { "refrigerant.r-410a", "1,kg,GB" },
        { "refrigerant.sf6", "1,kg,GB" },
        { "process.cement-clinker", "1,tonne,world" },
        { "goods.spend.naics-541511", "1000,USD,US,price_year=2022" },
        { "goods.material.steel", "1,tonne,GB" },
        { "goods.food.13712", "1,kg,FR" },
        { "freight.road.hgv", "1,tonne.km,GB" },
        { "freight.rail", "1,tonne.km,GB" },
        { "freight.sea.container", "1,tonne.km,GB" },
        { "freight.air", "1,tonne.km,GB" },
        { "waste.mixed-commercial.landfill", "1,tonne,GB" },
        { "waste.paper.recycling", "1,tonne,GB" },
        { "water.supply", "1,m3,GB" },
        { "water.treatment", "1,m3,GB" },
        { "travel.air", "1,person,GB,from=LHR,to=JFK" },
        { "travel.rail.national", "1,passenger-km,GB" },
        { "travel.taxi", "1,km,GB" },
        { "travel.car.petrol", "1,km,GB" },
        { "travel.hotel", "1,room-night,GB" },
        { "commute.car.average", "1,km,GB" },
        { "commute.homeworking", "1,hour,GB" },
        { "lease.building.floor-area", "1,m2,GB,energy_intensity=95" },
        { "product.use.electricity", "1,item,GB,kwh_per_year=180,lifetime_years=10" },
        { "product.end-of-life.landfill", "1,tonne,GB" },
        { "franchise.energy", "1,kWh,GB" },
        { "investment.listed-equity", "1000,EUR,DE,evic=50000,emissions_t=12" },
        { "cloud.aws.m5.large", "1,hour,US" },
    };

    [Theory]
    [MemberData(nameof(Promised))]
    public void every_promised_kind_is_complete_and_computes(string key, string row)
    {
        var kind = Product.Data.Kinds.Find(key);

        Assert.NotNull(kind);
        Assert.InRange(kind.Scope, 1, 3);
        Assert.Equal(kind.Scope == 3, kind.Category is not null);
        Assert.NotEmpty(kind.Dimensions);
        Assert.All(kind.Dimensions, dimension => Assert.NotNull(Product.Data.Units.Find(Product.Data.ExampleUnit(dimension)).Unit));
        Assert.True(kind.Family is not null || kind.Synonyms.Count > 0, $"{key} has no synonyms");
        Computes(KindExample.Parse($"{key},{row}"));
    }

    [Fact]
    public void every_example_computes_into_the_scope_and_category_of_its_kind()
    {
        var kinds = Product.Data.Kinds.Listed.Concat(Product.Data.Kinds.Families).ToList();

        Assert.True(kinds.Count > 100);
        Assert.All(kinds, kind =>
        {
            var example = KindExample.Parse(kind.Example ?? throw new InvalidDataException($"{kind.Key} has no example."));
            Assert.Equal(kind.Key, kind.Family is null ? example.Kind : Product.Data.Kinds.Find(example.Kind)?.Family);
            Computes(example);
        });
    }

    [Fact]
    public void every_column_a_kind_lists_is_explained_and_every_one_explained_is_read()
    {
        var explained = Tables.Read("kinds/columns.csv").Select(row => row.Required("column")).ToList();
        var listed = Product.Data.Kinds.Listed.Concat(Product.Data.Kinds.Families).SelectMany(kind => kind.Columns).Distinct(StringComparer.Ordinal);

        Assert.Equal(listed.Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void every_scope_3_category_has_kinds()
    {
        var categories = Product.Data.Kinds.Listed.Concat(Product.Data.Kinds.Families).Select(kind => kind.Category).OfType<int>().Distinct().Order();

        Assert.Equal(Enumerable.Range(1, 15), categories);
    }

    [Fact]
    public void every_kind_that_a_factor_has_is_reached_but_for_energy_per_distance_which_emits_nothing()
    {
        // DESNZ prints kWh per vehicle-km for the UK's energy reporting (SECR): a way from distance to energy, without emissions.
        var silent = Product.Data.Library.Rows
            .Where(row => row.Factor is { Co2e: null, Gases.Count: 0, BiogenicCo2: null }).Select(row => row.Kind).ToHashSet(StringComparer.Ordinal);
        var reached = Product.Data.Library.Kinds.ToLookup(key => Product.Data.Kinds.Find(key) is not null);

        Assert.NotEmpty(silent);
        Assert.All(silent, key => Assert.StartsWith("energy.vehicle.", key, StringComparison.Ordinal));
        Assert.Equal(silent.Order(StringComparer.Ordinal), reached[false].Order(StringComparer.Ordinal));
        Assert.True(reached[true].Count() > 5000);
    }

    [Fact]
    public void a_row_of_every_kind_with_a_factor_computes_in_the_factors_own_unit_place_and_year()
    {
        var estimator = Product.Estimator();
        var main = new HashSet<Stage> { Stage.Direct, Stage.CradleToGate, Stage.EndOfLife, Stage.Generation, Stage.LifeCycle };
        var failures = new List<string>();
        foreach (var row in Product.Data.Library.Rows.Where(row => main.Contains(row.Stage)).DistinctBy(row => (row.Kind, row.Unit, row.Region)))
        {
            if (Product.Data.Kinds.Find(row.Kind) is not { } kind || kind.Method is "cloud" or "air" or "biogenic")
            {
                continue;
            }

            var activity = new Activity { Kind = kind, Quantity = 1m, Unit = Product.Data.Units[row.Unit], Region = row.Region, Start = row.ValidFrom, End = row.ValidFrom };
            var estimate = estimator.Estimate(activity);
            if (estimate.Disposition == Disposition.Rejected && !(row.Stage == Stage.Generation && kind.Method == "vehicle"))
            {
                failures.Add($"{row.Id}: {estimate.Problem!.Code} {estimate.Problem.Expected}");
            }
        }

        Assert.Empty(failures);
    }

    [Theory]
    [InlineData("Strom", "electricity.grid")]
    [InlineData("Électricité", "electricity.grid")]
    [InlineData("electricidad", "electricity.grid")]
    [InlineData("Natural Gas", "fuel.natural-gas")]
    [InlineData("natural_gas", "fuel.natural-gas")]
    [InlineData("fuel.Natural_Gas", "fuel.natural-gas")]
    [InlineData("Flüssiggas", "fuel.lpg")]
    [InlineData("Heizöl", "fuel.gas-oil")]
    [InlineData("heizol", "fuel.gas-oil")]
    [InlineData("LKW-Transport", "freight.road.hgv")]
    [InlineData("Fernwärme", "heat.district")]
    [InlineData("télétravail", "commute.homeworking")]
    [InlineData("Vuelos", "travel.air")]
    [InlineData("R-410A", "refrigerant.r-410a")]
    [InlineData("R134a", "refrigerant.r-134a")]
    [InlineData("R407C", "refrigerant.r-407c")]
    [InlineData("AWS m5.large", "cloud.aws.m5.large")]
    [InlineData("m5.large", "cloud.aws.m5.large")]
    [InlineData("EC2/m5.large", "cloud.aws.m5.large")]
    [InlineData("Standard_D4s_v3", "cloud.azure.d4s-v3")]
    [InlineData("Azure D4s v3", "cloud.azure.d4s-v3")]
    [InlineData("gcp n2-standard-4", "cloud.gcp.n2-standard-4")]
    [InlineData("cloud.gcp.n2-standard-4", "cloud.gcp.n2-standard-4")]
    public void people_may_write_a_kind_in_their_own_words(string written, string key) =>
        Assert.Equal(key, Product.Data.Kinds.Find(written)?.Key);

    [Theory]
    [InlineData("m5.enormous")]
    [InlineData("azure m5.large")]
    [InlineData("???")]
    [InlineData("energy.vehicle.car.average.per-km")]
    public void what_is_no_kind_is_not_guessed(string written) => Assert.Null(Product.Data.Kinds.Find(written));

    [Fact]
    public void forty_kinds_and_more_go_by_four_names()
    {
        var many = Product.Data.Kinds.Listed.Where(kind => kind.Synonyms.Count >= 4).ToList();

        Assert.True(many.Count >= 40, $"{many.Count} kinds have four synonyms or more");
        Assert.All(many, kind => Assert.All(kind.Synonyms, synonym => Assert.Same(kind, Product.Data.Kinds.Find(synonym))));
    }

    [Theory]
    [InlineData("electricity.grid,one,kWh,GB")]
    [InlineData("electricity.grid,1,kWh")]
    [InlineData("electricity.grid,1,kWh,GB,share 0.4")]
    public void an_example_in_another_form_is_refused(string text) =>
        Assert.Throws<InvalidDataException>(() => KindExample.Parse(text));

    private static void Computes(KindExample example)
    {
        var activity = example.Activity(Product.Data);
        var estimate = Product.Estimator().Estimate(activity);

        Assert.True(estimate.Disposition is Disposition.Calculated or Disposition.Estimated, $"{example.Kind}: {estimate.Problem}");
        var main = estimate.Entries[0].Plan;
        Assert.Equal((activity.Kind.Scope, activity.Kind.Category), (main.Scope, main.Category));
        Assert.NotEqual(0m, estimate.Entries.Sum(entry => Math.Abs(entry.Amounts.Co2eKg) + entry.Amounts.BiogenicCo2Kg));
    }
}
