using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Billing;

/// <summary>A plan and what it allows. How much of it is used now, every answer tells: <c>RateLimit-Limit</c>, <c>-Remaining</c> and <c>-Reset</c>.</summary>
/// <param name="Name"><c>free</c>, <c>standard</c> or <c>enterprise</c>.</param>
/// <param name="RequestsPerSecond">In the long run.</param>
/// <param name="RequestsAtOnce">That can be saved up.</param>
/// <param name="RequestsPerSecondOfOne">Of them one person's or key's.</param>
public sealed record TenantPlan(string Name, decimal RequestsPerSecond, int RequestsAtOnce, decimal RequestsPerSecondOfOne);

/// <summary>What plans allow. The server limits requests: the program, which knows how, hands it in.</summary>
public sealed class PlanLimits(Func<string, TenantPlan> of)
{
    internal TenantPlan Of(string name) => of(name);
}

/// <summary>Something about the details that is worth a look. They are kept as they are.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Column">The field it is about.</param>
/// <param name="Says">As people read it.</param>
public sealed record BillingWarning(string Code, string Column, string Says);

/// <summary>Who is billed.</summary>
public sealed class BilledParty
{
    /// <summary>As the register of companies has it.</summary>
    public string LegalName { get; init; } = "";

    /// <summary>Street and number, and what else is above the city: 1 to 4 lines.</summary>
    public string[] AddressLines { get; init; } = [];

    public string? Postcode { get; init; }

    public string City { get; init; } = "";

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public string Country { get; init; } = "";

    /// <summary>For VAT, or what the country has in its place.</summary>
    public string? TaxNumber { get; init; }

    /// <summary>What invoices are to name.</summary>
    public string? PurchaseOrder { get; init; }

    /// <summary>Where invoices go; null: whose address it was has had themselves erased.</summary>
    public string? InvoiceEmail { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "";

    internal DateTimeOffset UpdatedAt { get; init; }

    internal int Version { get; init; }
}

/// <summary>The plan of a tenant, which nothing here changes, and who is billed for it.</summary>
public sealed record TenantBilling : IVersioned
{
    public required TenantPlan Plan { get; init; }

    /// <summary>Null: nobody has said yet.</summary>
    public BilledParty? Billed { get; init; }

    /// <summary>What is worth a look.</summary>
    public required IReadOnlyList<BillingWarning> Warnings { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Of who is billed; 0 as long as nobody has said.</summary>
    public required int Version { get; init; }

    internal static async Task<TenantBilling> Find(Session session, PlanLimits plans)
    {
        var plan = plans.Of((await OrganizationQueries.Tenant(session)).Plan);
        var billed = await session.First<BilledParty>(
            "select legal_name, address_lines, postcode, city, country, tax_number, purchase_order, invoice_email, currency, updated_at, version from org.billing_details");
        if (billed is null)
        {
            return new TenantBilling { Plan = plan, Warnings = [], Version = 0 };
        }

        var warnings = new List<BillingWarning>();
        if (TaxNumber.Of(billed.TaxNumber, billed.Country).Warning is { } warning)
        {
            warnings.Add(warning);
        }

        if (billed.InvoiceEmail is null)
        {
            warnings.Add(new BillingWarning("billing.no-invoice-email", "invoice_email", "Whose address it was has had themselves erased: say where invoices go now."));
        }

        return new TenantBilling { Plan = plan, Billed = billed, Warnings = warnings, Version = billed.Version, UpdatedAt = billed.UpdatedAt };
    }
}
