using OffGridFlow.Factors.Reference;
using OffGridFlow.Factors.Releases;

namespace OffGridFlow.Factors;

/// <summary>Everything that ships with the product, loaded once and shared.</summary>
public sealed class ReferenceData
{
    private ReferenceData(string dataFolder, FactorLibrary library)
    {
        Library = library;
        Release = ReleaseList.Load(dataFolder).Releases.LastOrDefault(release => release.ContentHash == library.ContentHash);
        Units = UnitFile.Load(dataFolder);
        Kinds = KindTable.Load(dataFolder, library.HasKind);
        Regions = RegionTable.Load(dataFolder, library);
        Preference = Resolver.LoadPreference(dataFolder);
        Uncertainty = UncertaintyModel.Load(dataFolder);
        Gwp = Gwps.Load(dataFolder);
        Overlaps = Overlaps.Load(dataFolder);
        Airports = new Airports(dataFolder);
        Cloud = new CloudTable(dataFolder);
        Exchange = new ExchangeRates(dataFolder);
        Deflators = new Deflators(dataFolder);
    }

    public FactorLibrary Library { get; }

    /// <summary>The release whose content the library is, or null when its tables were changed since.</summary>
    public Release? Release { get; }

    public UnitTable Units { get; }

    public KindTable Kinds { get; }

    public RegionTable Regions { get; }

    public IReadOnlyDictionary<string, string[]> Preference { get; }

    public UncertaintyModel Uncertainty { get; }

    public GwpTable Gwp { get; }

    /// <summary>Which publications' figures already hold another stage.</summary>
    public Overlaps Overlaps { get; }

    public Airports Airports { get; }

    /// <summary>Power of cloud instances, and where and how well their data centres run.</summary>
    public CloudTable Cloud { get; }

    public ExchangeRates Exchange { get; }

    public Deflators Deflators { get; }

    /// <param name="dataFolder">The product's data folder.</param>
    /// <param name="packs">Packs to add to the library.</param>
    /// <exception cref="InvalidDataException">A file that ships with the product is damaged; the message names file, line and column.</exception>
    public static ReferenceData Load(string dataFolder, params IReadOnlyCollection<string> packs) =>
        new(dataFolder, FactorLibrary.Load(dataFolder, packs));

    /// <summary>100-year potential of a gas under a set, or null.</summary>
    public decimal? Potential(string gas, GwpSet set) => Gwp.Value(gas, set);

    /// <summary>What a refrigerant or blend is made of, kg of each gas per kg, where its factor prints only CO2e.</summary>
    /// <remarks>From the same code's entry in the IPCC tables, whose blends are those of ASHRAE 34 and the EPA.</remarks>
    public IReadOnlyList<GasAmount> Composition(Factor factor)
    {
        if (factor.Kind.StartsWith("refrigerant.", StringComparison.Ordinal) && factor.Unit == "kg")
        {
            foreach (var row in Library.OfKind(factor.Kind))
            {
                if (row.Edition.Publisher == "ipcc")
                {
                    return row.Factor.Gases;
                }
            }
        }

        return [];
    }

    /// <summary>Whether a factor of the kind can be reached from the unit.</summary>
    public bool Serves(Kind kind, Unit unit)
    {
        foreach (var source in kind.Sources)
        {
            foreach (var row in Library.OfKind(source))
            {
                if (UnitPath.Find(unit, row, Units) is not null)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A unit of a dimension, for messages.</summary>
    public string ExampleUnit(string dimension) =>
        dimension == "currency" ? "EUR" : Units.All.FirstOrDefault(unit => unit.Dimension == dimension)?.Symbol ?? dimension;
}
