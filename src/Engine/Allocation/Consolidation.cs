using OffGridFlow.Engine.Methods;

namespace OffGridFlow.Engine.Allocation;

/// <summary>How a company draws its organizational boundary: GHG Protocol Corporate Standard ch. 3.</summary>
public enum ConsolidationApproach
{
    /// <summary>The share of equity, by economic substance.</summary>
    EquityShare,

    /// <summary>All of what it can direct financially, with a view to gaining from it.</summary>
    FinancialControl,

    /// <summary>All of what it operates under its own policies.</summary>
    OperationalControl,
}

/// <summary>The accounting categories of table 1 of the Corporate Standard.</summary>
public enum HoldingKind
{
    /// <summary>Group companies and subsidiaries: the parent directs their financial and operating policies.</summary>
    Subsidiary,

    /// <summary>Associated and affiliated companies: significant influence without financial control.</summary>
    Associate,

    /// <summary>Joint ventures, partnerships and operations whose partners have joint financial control.</summary>
    JointVenture,

    /// <summary>Fixed asset investments: neither significant influence nor financial control.</summary>
    FixedAssetInvestment,

    /// <summary>Franchises: separate legal entities, controlled only where the franchisor says so.</summary>
    Franchise,
}

/// <summary>What a company has in an entity.</summary>
/// <param name="Kind">Category of table 1.</param>
/// <param name="Equity">Economic interest, 0..1.</param>
/// <param name="HasOperationalControl">It may introduce and carry out its operating policies there.</param>
/// <param name="HasFinancialControl">Decides for a franchise; the other kinds imply it.</param>
public sealed record Holding(HoldingKind Kind, decimal Equity, bool HasOperationalControl, bool HasFinancialControl = false);

/// <summary>Which share of an entity's emissions enters the inventory.</summary>
public static class Consolidation
{
    /// <summary>The share, 0..1, by table 1 and sect. "operational control" of Corporate Standard ch. 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Equity lies outside 0..1.</exception>
    public static decimal Share(ConsolidationApproach approach, Holding holding)
    {
        var equity = Require.Share(holding.Equity, nameof(holding));
        return approach switch
        {
            ConsolidationApproach.EquityShare => holding.Kind is HoldingKind.FixedAssetInvestment ? 0m : equity,
            ConsolidationApproach.OperationalControl => holding.HasOperationalControl ? 1m : 0m,
            ConsolidationApproach.FinancialControl => holding.Kind switch
            {
                HoldingKind.Subsidiary => 1m,
                HoldingKind.JointVenture => equity,
                HoldingKind.Associate or HoldingKind.FixedAssetInvestment => 0m,
                HoldingKind.Franchise => holding.HasFinancialControl ? 1m : 0m,
            },
        };
    }

    /// <summary>Equity held over a chain of companies: the product of the shares (Corporate Standard ch. 3, Holland Industries).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A share lies outside 0..1.</exception>
    public static decimal Chain(params ReadOnlySpan<decimal> shares)
    {
        var product = 1m;
        foreach (var share in shares)
        {
            product *= Require.Share(share, nameof(shares));
        }

        return product;
    }
}
