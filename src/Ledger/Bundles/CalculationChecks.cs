using System.Text;
using OffGridFlow.Ledger.Calculations;
using static OffGridFlow.Ledger.Bundles.VerifyBundle;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>Checks how amounts are worked out: each calculation from the line of its factor, each factor against the library.</summary>
internal static class CalculationChecks
{
    /// <summary>A calculation as entries need it.</summary>
    internal sealed record Checked(CalculationBody Body, EntryFormula Formula);

    public static Dictionary<Guid, Checked> All(BundleLines lines, ReferenceData data, Tally tally)
    {
        var factors = Factors(lines, data, tally);
        var all = new Dictionary<Guid, Checked>();
        foreach (var (id, body, where) in lines.Of(BundleFormat.Calculations, (line, where) => (Calculation.IdOf(Encoding.UTF8.GetString(line)), BundleFormat.Read<CalculationBody>(line, where), where)))
        {
            Check(body, factors, data, where);
            if (!all.TryAdd(id, new Checked(body, body.ToFormula())))
            {
                throw new DifferenceException("calculation", where, "a calculation that stands twice", "each once");
            }

            tally.Calculations++;
        }

        return all;
    }

    private static void Check(CalculationBody body, Dictionary<string, FactorRow> factors, ReferenceData data, string where)
    {
        var (low, high) = UncertaintyModel.RatiosOf(body.Uncertainty.FactorHalfWidth, body.Uncertainty.ActivityHalfWidth);
        Equal("low end of the range", where, body.Formula.LowRatio, low);
        Equal("high end of the range", where, body.Formula.HighRatio, high);
        if (body.Factor.Edition is null)
        {
            return; // The row's own figure: compared with its activity, entry by entry.
        }

        var row = Factor(factors, body.Factor.Id, where);
        var biogenic = body.Factor.BiogenicFactor is { } apart ? Factor(factors, apart, where) : null;
        Equal("edition of a factor", where, body.Factor.Edition, row.Edition.Key);
        Equal("table of a factor", where, body.Factor.EditionSha256, row.Edition.TableHash);
        Equal("name of a factor", where, body.Factor.Name, row.Factor.Name);
        Equal("kind of a factor", where, body.Factor.Kind, row.Kind);
        Equal("stage of a factor", where, body.Factor.Stage, row.Stage);
        Equal("region of a factor", where, body.Factor.Region, row.Region);
        Equal("unit of a factor", where, body.Factor.Unit, row.Unit);
        Equal("validity of a factor", where, (body.Factor.ValidFrom, body.Factor.ValidTo), (row.ValidFrom, row.ValidTo));
        Equal("licence of a factor", where, body.Factor.Licence, row.Edition.Licence);
        if (!body.Factor.Citation.Contains(row.Factor.Locator, StringComparison.Ordinal))
        {
            throw new DifferenceException("citation of a factor", where, body.Factor.Citation, row.Factor.Locator);
        }

        if (data.Units.Find(body.Asked.Unit).Unit is not { } unit
            || FactorWeights.Of(row, biogenic, body.Role == "biogenic", unit, body.Policy.Gwp, data) is not { } weighed)
        {
            throw new DifferenceException("calculation", where, FormattableString.Invariant($"{body.Formula.Co2ePerUnit} kg CO2e per {row.Unit} from {body.Asked.Unit}"), "nothing: the unit does not reach the factor, or a gas has no potential");
        }

        var (factor, units) = weighed;
        Equal("units per quantity", where, body.Formula.UnitsPerQuantity, units);
        Equal("kg CO2e per unit", where, body.Formula.Co2ePerUnit, factor.Co2ePerUnit);
        Equal("kg biogenic CO2 per unit", where, body.Formula.BiogenicPerUnit, factor.BiogenicPerUnit);
        Equal("kg CO2e per unit of no gas", where, body.Formula.UnsplitPerUnit, factor.UnsplitPerUnit);
        Equal("kg of gases per unit", where, Gases(body.Formula.GasesPerUnit.Select(gas => (gas.Gas, gas.Kg))), Gases(factor.Gases));
        Equal("GWP set", where, body.Formula.Gwp, factor.Gwp);
        Equal("basis of CO2e", where, body.Formula.Co2eBasis, factor.Basis);
    }

    private static FactorRow Factor(Dictionary<string, FactorRow> factors, string id, string where) =>
        factors.GetValueOrDefault(id) ?? throw new DifferenceException("factor", where, id, $"a line of {BundleFormat.Factors}");

    private static string Gases(IEnumerable<(string Gas, decimal Kg)> gases) =>
        string.Join(' ', gases.Select(gas => FormattableString.Invariant($"{gas.Gas}={gas.Kg / 1.0000000000000000000000000000m}")));

    private static Dictionary<string, FactorRow> Factors(BundleLines lines, ReferenceData data, Tally tally)
    {
        var all = new Dictionary<string, FactorRow>(StringComparer.Ordinal);
        var library = data.Library.Editions.ToDictionary(edition => edition.Key, StringComparer.Ordinal);
        var other = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (factor, where) in lines.Of(BundleFormat.Factors, (line, where) => (BundleFormat.Read<BundleFactor>(line, where), where)))
        {
            var parts = factor.Edition.Split(':', 2);
            var edition = new Edition
            {
                Publisher = parts[0], Name = parts[^1], File = "", Title = factor.Title, Author = factor.Author, Published = factor.Published, ValidFrom = default, Gwp = factor.Gwp,
                Licence = factor.Licence, Attribution = factor.Attribution, Url = factor.Url, TableHash = factor.EditionSha256,
            };
            FactorRow row;
            try
            {
                row = FactorTable.Parse(Encoding.UTF8.GetBytes(factor.Row), edition);
                Equal("id of a factor", where, row.Factor.Id, factor.Id);
            }
            catch (Exception broken) when (broken is InvalidDataException or ArgumentException or FormatException or OverflowException)
            {
                throw new DifferenceException("line of a factor", where, factor.Row, $"a line of a factor table ({broken.Message})");
            }

            if (parts[0] == OwnPublisher)
            {
                Equal("SHA-256 of a factor of the tenant's own", where, factor.EditionSha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(factor.Row))));
            }
            else if (library.TryGetValue(factor.Edition, out var shipped) && data.Library.TableHash(shipped) == factor.EditionSha256)
            {
                var own = data.Library.Find(factor.Id);
                Equal("line of a factor in the library", where, factor.Row, own is null ? "nothing" : Encoding.UTF8.GetString(own.Line.Span).TrimEnd('\n'));
                Equal(
                    "edition in the library", where,
                    (factor.Author, factor.Title, factor.Published, factor.Gwp, factor.Licence, factor.Attribution, factor.Url),
                    (shipped.Author, shipped.Title, shipped.Published, shipped.Gwp, shipped.Licence, shipped.Attribution, shipped.Url));
            }
            else
            {
                other.Add(factor.Edition);
            }

            if (!all.TryAdd(factor.Id, row))
            {
                throw new DifferenceException("factor", where, $"{factor.Id} twice", "each factor once");
            }

            tally.Factors++;
        }

        if (other.Count > 0)
        {
            tally.Remarks.Add($"This program's library has other tables, or none, of {string.Join(", ", other)}: their factors are checked by their lines in the bundle alone.");
        }

        return all;
    }

    private const string OwnPublisher = OffGridFlow.Factors.Snapshots.FactorSnapshot.Publisher;
}
