namespace OffGridFlow.Organizations;

/// <summary>A legal entity within the tenant's organisational boundary.</summary>
/// <param name="Shares">What the tenant holds of it, in the order of their first days.</param>
public sealed record Entity(Guid EntityId, string Code, string Name, string? Country, Guid? ParentEntityId, bool IsDeleted, IReadOnlyList<DatedShare> Shares) : INamed
{
    Guid INamed.Id => EntityId;

    /// <summary>
    /// Nobody has said what the tenant holds of it, so all of it is counted: leaving an entity out of an inventory by forgetting a
    /// form would be the worse error. Whoever prints shares prints this beside them.
    /// </summary>
    public bool SharesAssumed => Shares.Count == 0;

    /// <summary>
    /// Which share of the entity's emissions is in the inventory on a day, 0 to 1 (GHG Protocol Corporate Standard ch. 3, table 1).
    /// The shares are the tenant's own: along a chain of companies they are multiplied before they are recorded, not here.
    /// </summary>
    /// <param name="boundary">As <see cref="Policy.Boundary"/>.</param>
    public decimal Share(string boundary, DateOnly day)
    {
        if (SharesAssumed)
        {
            return 1m;
        }

        return Shares.LastOrDefault(share => share.ValidFrom <= day) is not { } held ? 0m : boundary switch
        {
            "equity_share" => held.EquityShare,
            "operational_control" => held.OperationalControl ? 1m : 0m,
            "financial_control" => held.FinancialControl switch
            {
                FinancialControl.Sole => 1m,
                FinancialControl.Joint => held.EquityShare,
                FinancialControl.None => 0m,
            },
            _ => throw new ArgumentOutOfRangeException(nameof(boundary), boundary, "Not a consolidation approach."),
        };
    }
}

/// <summary>What the tenant holds of an entity from a day on, until the next.</summary>
/// <param name="EquityShare">Economic interest, 0 to 1.</param>
public sealed record DatedShare(DateOnly ValidFrom, decimal EquityShare, FinancialControl FinancialControl, bool OperationalControl);

/// <summary>Who directs the financial policies, with a view to gaining from it.</summary>
public enum FinancialControl
{
    /// <summary>The tenant: all of the emissions.</summary>
    Sole,

    /// <summary>The tenant with partners, as in a joint venture: by equity share.</summary>
    Joint,

    /// <summary>Others: none.</summary>
    None,
}
