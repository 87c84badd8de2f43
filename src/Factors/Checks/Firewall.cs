using OffGridFlow.Factors.Reference;
using OffGridFlow.Factors.Releases;

namespace OffGridFlow.Factors.Checks;

/// <summary>
/// Stands between a publication and the product: every factor is looked at by itself, against the publisher's previous edition,
/// against its peers and against what is physically plausible. What is odd needs a line with a reason in data/factors/accepted.csv.
/// </summary>
public sealed class Firewall
{
    // Fewer others than this say little about a kind, so its family is asked.
    private const int EnoughPeers = 2;
    private const int EnoughFamily = 5;

    // kg per unit that a publication of five decimals prints as 0.
    private const decimal ZeroRounding = 0.00001m;

    private readonly string dataFolder;
    private readonly FactorLibrary library;
    private readonly Dictionary<string, Unit> units;
    private readonly GwpTable gwps;
    private readonly CheckRules rules;
    private readonly List<List<Reading>> readings;
    private readonly Comparisons comparisons;
    private readonly FormChecks forms;

    private Firewall(string dataFolder, FactorLibrary library)
    {
        this.dataFolder = dataFolder;
        this.library = library;
        var table = UnitFile.Load(dataFolder);
        units = table.All.ToDictionary(unit => unit.Symbol, StringComparer.Ordinal);
        gwps = Gwps.Load(dataFolder);
        rules = CheckRules.Load(dataFolder, table);
        readings = library.Rows.Select(row => Reading.From(row.Factor, units, gwps)).ToList();
        comparisons = new Comparisons(library, readings);
        var countries = DataFile.Rows(Path.Combine(dataFolder, "geo", "countries.csv")).Select(row => row.Required("alpha2")).ToHashSet(StringComparer.Ordinal);
        forms = new FormChecks(units, gwps, rules, countries, Potentials());
    }

    /// <summary>Arranges the library for checking.</summary>
    /// <param name="dataFolder">The product's data folder, whose checks, units, geo and gwp are used.</param>
    /// <param name="library">The factors to check.</param>
    /// <exception cref="InvalidDataException">A file of rules is not as it should be; the message names file and line.</exception>
    public static Firewall Over(string dataFolder, FactorLibrary library) => new(dataFolder, library);

    /// <summary>Checks the whole library, its release and its list of acceptances.</summary>
    public CheckReport Run()
    {
        var acceptances = Acceptances.Load(dataFolder);
        var failures = new List<Finding>();
        var accepted = new List<(Finding, string)>();
        var zeros = new List<string>();
        foreach (var finding in Duplicates().Concat(library.Rows.SelectMany((row, at) => Check(row, row.Factor, readings[at], readings[at]))))
        {
            if (acceptances.Reason(finding) is { } reason)
            {
                accepted.Add((finding, reason));
            }
            else
            {
                failures.Add(finding);
            }
        }

        for (var i = 0; i < library.Rows.Count; i++)
        {
            if (readings[i].Exists(reading => reading is { Measure: Measure.Co2e or Measure.Biogenic, Printed: 0 }))
            {
                zeros.Add(library.Rows[i].Id);
            }
        }

        failures.AddRange(acceptances.Stale());
        if (ReleaseList.Load(dataFolder).Drift(library.ContentHash) is { } drift)
        {
            failures.Add(new Finding("release", "data/factors/releases.csv", library.ContentHash, drift));
        }

        return new CheckReport(library.Rows.Count, failures, accepted, zeros);
    }

    /// <summary>What would be found if this row of the library were the factor given; acceptances are not looked at.</summary>
    public IReadOnlyList<Finding> Check(FactorRow row, Factor factor) =>
        Check(row, factor, Reading.From(factor, units, gwps), Reading.From(row.Factor, units, gwps)).ToList();

    private IEnumerable<Finding> Check(FactorRow row, Factor factor, List<Reading> found, List<Reading> original) =>
        forms.Check(factor, row.Edition).Concat(found.SelectMany(reading =>
            Compare(row, factor, reading, original.Find(other => other.Measure == reading.Measure && other.Of == reading.Of && other.Dimension == reading.Dimension))));

    /// <param name="row">Where the factor stands in the library.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="reading">Its figure.</param>
    /// <param name="original">The library's own reading of the same figure, which is left out of its peers.</param>
    private IEnumerable<Finding> Compare(FactorRow row, Factor factor, Reading reading, Reading original)
    {
        if (reading.Printed < 0 || original.Dimension is null || rules.Limits(reading.Measure, factor.Kind, factor.Stage, reading.Dimension) is not { } limit)
        {
            yield break;
        }

        var unit = units[factor.Unit];
        var slack = limit.Slack / (limit.Unit ?? unit).InBase;
        var shown = reading.Measure switch
        {
            Measure.Co2e => $"{FormChecks.Number(reading.Printed)} kg/{factor.Unit}",
            Measure.Biogenic => $"{FormChecks.Number(reading.Printed)} kg biogenic CO2/{factor.Unit}",
            Measure.Gas => $"{FormChecks.Number(reading.Printed)} kg {reading.Of}/{factor.Unit}",
            Measure.Bridge => factor.Bridge!,
        };
        var comparands = new List<(string Check, string With, decimal Value, decimal Limit)>(4);
        if (limit.Previous is { } previousLimit && comparisons.Previous(row, original) is { } previous)
        {
            comparands.Add(("previous", $"{FormChecks.Number(previous.Printed)} in {previous.Row.Id}", previous.Printed * (reading.Measure == Measure.Bridge ? Scale(original) : 1m / unit.InBase), previousLimit));
        }

        if (limit.Series is { } seriesLimit && comparisons.Before(row, original) is { } before)
        {
            comparands.Add(("series", $"{FormChecks.Number(before.Printed)} in {before.Row.Id}", before.Printed * (reading.Measure == Measure.Bridge ? Scale(original) : 1m / unit.InBase), seriesLimit));
        }

        var kind = comparisons.Kind(row, original, limit.AmongRegion);
        var others = kind.Count - 1;
        if (limit.Peers is { } peersLimit && others >= EnoughPeers && kind.MedianWithout(original.PerBase) is { } median)
        {
            comparands.Add(("peers", $"{Per(median)}, the median of {others} others of {factor.Kind}", median, peersLimit));
        }

        var theirs = limit.AmongRegion ? comparisons.KindInYear(row, original) : kind;
        if (limit.Publishers is { } publishersLimit && theirs.MedianOfOthers(row.Edition.Publisher) is { } elsewhere)
        {
            comparands.Add(("publishers", $"{Per(elsewhere)}, what other publishers say of {factor.Kind}", elsewhere, publishersLimit));
        }

        if (limit.Family is { } familyLimit && others < EnoughPeers
            && comparisons.Family(row, original, EnoughFamily) is { } family && family.MedianWithout(original.PerBase) is { } ofFamily)
        {
            comparands.Add(("family", $"{Per(ofFamily)}, the median of {family.Count - 1} others of its family", ofFamily, familyLimit));
        }

        if (reading.PerBase == 0)
        {
            // A genuine zero stays zero from edition to edition; one that turns up where others have a figure may be a blank misread.
            var rounding = reading.Measure == Measure.Gas ? slack : ZeroRounding / unit.InBase;
            var first = comparands.Find(c => c.Check is not "series");
            if (first.With is not null ? Math.Abs(first.Value) > rounding : reading.Measure is Measure.Co2e or Measure.Biogenic)
            {
                yield return new Finding("zero", factor.Id, shown, first.With ?? "no other figure says that it is none");
            }

            yield break;
        }

        var odd = "";
        foreach (var (check, with, value, most) in comparands)
        {
            // What differs from all peers differs from other publishers too: said once.
            if (check == "publishers" && odd == "peers")
            {
                continue;
            }

            if (Math.Abs(reading.PerBase - value) > slack && (value == 0 || Ratio(reading.PerBase, value) > most))
            {
                odd = check;
                yield return new Finding(check, factor.Id, shown, with, value == 0 ? null : Ratio(reading.PerBase, value));
            }
        }

        if (reading.Measure == (factor.Stage == Stage.Biogenic ? Measure.Biogenic : Measure.Co2e)
            && rules.Bounds(factor.Kind, factor.Stage, reading.Dimension) is { } bound)
        {
            var amount = reading.PerBase * bound.Unit.InBase;
            if (amount < bound.Least || amount > bound.Most)
            {
                yield return new Finding(
                    "bounds", factor.Id, shown,
                    $"{FormChecks.Number(bound.Least)} to {FormChecks.Number(bound.Most)} kg/{bound.Unit.Symbol} ({bound.Why})",
                    Ratio(amount, amount < bound.Least ? bound.Least : bound.Most));
            }
        }

        string Per(decimal perBase) => reading.Measure == Measure.Bridge
            ? FormChecks.Number(Weighting.Significant(perBase / Scale(original), 4))
            : $"{FormChecks.Number(Weighting.Significant(perBase * unit.InBase, 4))} kg/{factor.Unit}";
    }

    // Base units in one printed unit of a bridge.
    private static decimal Scale(Reading reading) => reading.Printed == 0 ? 1m : reading.PerBase / reading.Printed;

    private IEnumerable<Finding> Duplicates()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var questions = new Dictionary<(string, string, Stage, string, DateOnly, string), string>();
        foreach (var row in library.Rows)
        {
            if (!ids.Add(row.Id))
            {
                yield return new Finding("id", row.Id, row.Id, "another factor has this id");
            }

            if (!questions.TryAdd((row.Edition.Key, row.Kind, row.Stage, row.Region, row.ValidFrom, row.Unit), row.Id))
            {
                yield return new Finding(
                    "ambiguous", row.Id, $"{row.Kind} {FactorTable.StageName(row.Stage)} {row.Region} per {row.Unit}",
                    $"{questions[(row.Edition.Key, row.Kind, row.Stage, row.Region, row.ValidFrom, row.Unit)]} answers the same question");
            }
        }
    }

    // What a kilogram of each refrigerant may come to: its composition by the IPCC's tables under every set.
    private Dictionary<string, IReadOnlyList<decimal>> Potentials() => library.Rows
        .Where(row => row.Edition.Publisher == "ipcc" && row.Unit == "kg" && row.Kind.StartsWith("refrigerant.", StringComparison.Ordinal))
        .GroupBy(row => row.Kind, StringComparer.Ordinal)
        .ToDictionary(
            kind => kind.Key,
            kind => (IReadOnlyList<decimal>)kind.SelectMany(row => Enum.GetValues<GwpSet>().Select(set => Reading.Sum(row.Factor, gwps, set)).Append(row.Factor.Co2e))
                .OfType<decimal>().Where(value => value > 0).Distinct().Order().ToList(),
            StringComparer.Ordinal);

    /// <summary>How many times the larger is the smaller; at least 1.</summary>
    internal static decimal? Ratio(decimal a, decimal b) =>
        a <= 0 || b <= 0 ? null :
        Math.Max(a, b) is var larger && Math.Min(a, b) is var smaller && smaller < larger / 1_000_000_000_000m ? 1_000_000_000_000m :
        larger / smaller is var ratio && ratio >= 1000m ? decimal.Round(ratio) : Weighting.Significant(ratio, 4);
}
