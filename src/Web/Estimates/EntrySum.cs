namespace OffGridFlow.Web.Estimates;

/// <summary>What entries that totals do not tell apart come to.</summary>
internal sealed class EntrySum
{
    /// <summary>Any one of its entries' plans: they differ in nothing that a total shows.</summary>
    public required EntryPlan Plan { get; init; }

    public long Entries { get; set; }

    /// <summary>Sum of the squares of what its rows' entries print.</summary>
    public double Squares { get; set; }

    /// <summary>What its rows' entries print, added up.</summary>
    public KilogramSum Kilograms;

    public void Add(EntrySum other)
    {
        Kilograms.Add(other.Kilograms);
        Entries += other.Entries;
        Squares += other.Squares;
    }
}
