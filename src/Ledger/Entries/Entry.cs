using OffGridFlow.Engine.Proof;

namespace OffGridFlow.Ledger.Entries;

/// <summary>What an entry does.</summary>
public enum EntryType
{
    /// <summary>Counts an activity.</summary>
    Posting,

    /// <summary>Takes an earlier entry back, figure for figure.</summary>
    Reversal,

    /// <summary>Adds or takes away by a person's judgement, with a reason.</summary>
    Adjustment,
}

/// <summary>One immutable line of the ledger, as the database holds it. Amounts are kg.</summary>
internal struct Entry
{
    /// <summary>1, 2, 3 … within its run.</summary>
    public int Line;

    /// <summary>First day of the calendar month it counts for.</summary>
    public DateOnly Month;

    public EntryType Type;

    /// <summary>Run and line of the entry it takes back; 0 for none.</summary>
    public long ReversesRun;

    public int ReversesLine;

    public string? Reason;
    public Guid ActivityId;
    public int ActivityVersion;

    /// <summary>Which of the activity's entries, from 0.</summary>
    public short Slot;

    /// <summary>0, and one more with each recalculation.</summary>
    public short Revision;

    public Guid? EntityId;
    public Guid? FacilityId;

    /// <summary>The activity's kind.</summary>
    public string Kind;

    public short Scope;
    public short? Category;
    public Basis Basis;
    public string Role;
    public bool IsEstimated;
    public Guid CalculationId;
    public Guid? WorkingsId;

    /// <summary>In the calculation's quantity unit.</summary>
    public decimal Quantity;

    /// <summary>Of an activity that spans months: what it measured in all, of which <see cref="Quantity"/> is this month's share.</summary>
    public decimal? WholeQuantity;

    public decimal Co2eKg;
    public decimal LowKg;
    public decimal HighKg;
    public decimal BiogenicCo2Kg;

    /// <summary>kg of each gas, in the order of the calculation's.</summary>
    public decimal[] GasesKg;

    public static string Name(EntryType type) => type switch
    {
        EntryType.Posting => "posting",
        EntryType.Reversal => "reversal",
        EntryType.Adjustment => "adjustment",
    };

    public static string Name(Basis basis) => basis switch
    {
        Basis.Single => "single",
        Basis.Location => "location",
        Basis.Market => "market",
    };

    /// <summary>Every figure from the quantity.</summary>
    public void Compute(EntryFormula formula)
    {
        Span<decimal> figures = stackalloc decimal[formula.FigureCount];
        formula.Figures(Quantity, figures);
        Co2eKg = figures[EntryFormula.Co2eAt];
        LowKg = figures[EntryFormula.LowAt];
        HighKg = figures[EntryFormula.HighAt];
        BiogenicCo2Kg = figures[EntryFormula.BiogenicAt];
        GasesKg = formula.GasCount == 0 ? [] : figures[EntryFormula.GasesAt..].ToArray();
    }

    /// <summary>The entry that takes this one back: entry plus reversal is nothing, in every figure.</summary>
    public readonly Entry Reversed(long run, string reason) => this with
    {
        Type = EntryType.Reversal, ReversesRun = run, ReversesLine = Line, Line = 0, Reason = reason,
        Quantity = -Quantity, WholeQuantity = -WholeQuantity, Co2eKg = -Co2eKg, LowKg = -HighKg, HighKg = -LowKg, BiogenicCo2Kg = -BiogenicCo2Kg,
        GasesKg = Array.ConvertAll(GasesKg, mass => -mass),
    };

    /// <summary>Its leaf in the run's tree.</summary>
    public readonly void Leaf(EntryText text, Span<byte> into) => MerkleTree.Leaf(text.Of(this), into);
}

/// <summary>An entry of a run. An object of its own: an entry has some 350 bytes, which nobody should carry about.</summary>
internal sealed record PostedEntry(long Run, Entry Entry);
