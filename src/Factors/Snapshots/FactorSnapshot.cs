using System.Text;

namespace OffGridFlow.Factors.Snapshots;

/// <summary>
/// A tenant's locked choice, as the resolver asks it: the editions that count, and the tenant's own factors, which come before the
/// library's where kind, stage, place and date fit. Nothing of it changes any more, so two of one id are equal.
/// </summary>
public sealed class FactorSnapshot : IEquatable<FactorSnapshot>
{
    /// <summary>What an override's edition has for a publisher.</summary>
    public const string Publisher = "override";

    private readonly HashSet<string> editions;
    private readonly ILookup<(string Kind, Stage Stage), FactorRow> overrides;
    private readonly Dictionary<string, FactorRow> byId;

    /// <param name="id">Its id.</param>
    /// <param name="asOf">Editions published later do not count.</param>
    /// <param name="editions">Keys of the editions that do.</param>
    /// <param name="overrides">The tenant's own factors, made with <see cref="Row"/>.</param>
    public FactorSnapshot(Guid id, DateOnly asOf, IEnumerable<string> editions, IReadOnlyList<FactorRow> overrides)
    {
        Id = id;
        AsOf = asOf;
        this.editions = editions.ToHashSet(StringComparer.Ordinal);
        this.overrides = overrides.ToLookup(row => (row.Kind, row.Stage));
        byId = overrides.ToDictionary(row => row.Id, StringComparer.Ordinal);
    }

    public Guid Id { get; }

    public DateOnly AsOf { get; }

    /// <summary>The tenant's own factors.</summary>
    public IEnumerable<FactorRow> Overrides => byId.Values;

    /// <summary>Whether an edition of the library counts.</summary>
    public bool Has(Edition edition) => editions.Contains(edition.Key);

    /// <summary>The override of this id, or null.</summary>
    public FactorRow? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>
    /// The tenant's own factor for a question: of the nearest place on the way from the activity's outward, valid on its day, the one
    /// that begins last.
    /// </summary>
    /// <param name="question">What is asked.</param>
    /// <param name="reaches">Whether the activity's unit reaches a factor.</param>
    public FactorRow? Answer(FactorQuestion question, Func<FactorRow, bool> reaches)
    {
        foreach (var place in RegionTable.Ladder(question.Region ?? "world"))
        {
            FactorRow? best = null;
            foreach (var row in overrides[(question.Kind, question.Stage)])
            {
                if (row.Region == place && Covers(row, question.Day) && (best is null || row.ValidFrom > best.ValidFrom) && reaches(row))
                {
                    best = row;
                }
            }

            if (best is not null)
            {
                return best;
            }
        }

        return null;
    }

    /// <summary>An override as a factor of an edition of its own: from here on it is treated like any other.</summary>
    /// <param name="snapshot">The snapshot's id.</param>
    /// <param name="name">The snapshot's name.</param>
    /// <param name="known">The day from which it is known.</param>
    /// <param name="number">The override's number within the snapshot.</param>
    /// <param name="factor">Its figures. The id is set here; the locator is its citation.</param>
    /// <param name="tier">How specific the tenant says it is.</param>
    public static FactorRow Row(Guid snapshot, string name, DateOnly known, int number, Factor factor, Tier tier)
    {
        var own = factor with { Id = FormattableString.Invariant($"{Publisher}:{snapshot}/{number}") };
        var line = Encoding.UTF8.GetBytes(FactorTable.Line(own));
        var edition = new Edition
        {
            Publisher = Publisher, Name = snapshot.ToString(), File = "", Title = name, Author = "", Published = known, ValidFrom = own.ValidFrom,
            Licence = "the tenant's own", Attribution = own.Locator, Url = "",
            TableHash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(line)),
        };
        return new FactorRow(edition, line, own.Kind, own.Stage, own.Region, own.ValidFrom, own.ValidTo, own.Unit, fallback: false) { StatedTier = tier };
    }

    public bool Equals(FactorSnapshot? other) => other?.Id == Id;

    public override bool Equals(object? obj) => Equals(obj as FactorSnapshot);

    public override int GetHashCode() => Id.GetHashCode();

    private static bool Covers(FactorRow row, DateOnly? day) => day is not { } on || (row.ValidFrom <= on && (row.ValidTo is not { } last || on <= last));
}
