using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Billing;

/// <summary>Shows the plan and who is billed, and says who is billed. There are no invoices and no payments here: what is kept is what they will need.</summary>
internal static class WriteBilling
{
    private const int LongestLine = 200;
    private const int MostLines = 4;
    private const int LongestPostcode = 20;
    private const int LongestReference = 100;

    private const string Example = """
        {"legal_name": "Acme Pumps GmbH", "address_lines": ["Werkstraße 4"], "postcode": "34117", "city": "Kassel", "country": "DE", "tax_number": "DE123456789",
         "purchase_order": "PO-2025-118", "invoice_email": "invoices@example.org", "currency": "EUR"}
        """;

    /// <param name="LegalName">As the register of companies has it.</param>
    /// <param name="AddressLines">1 to 4 lines above the city.</param>
    /// <param name="Postcode">Where the country has them.</param>
    /// <param name="Country">ISO 3166-1 alpha-2.</param>
    /// <param name="TaxNumber">For VAT. One of the European Union must have the shape its state gives it; of others the shape is not known here.</param>
    /// <param name="PurchaseOrder">What invoices are to name.</param>
    /// <param name="InvoiceEmail">Where invoices go.</param>
    /// <param name="Currency">ISO 4217.</param>
    internal sealed record Request(
        string? LegalName = null, IReadOnlyList<string>? AddressLines = null, string? Postcode = null, string? City = null, string? Country = null, string? TaxNumber = null,
        string? PurchaseOrder = null, string? InvoiceEmail = null, string? Currency = null);

    internal static void Map(IEndpointRouteBuilder api)
    {
        var billing = api.MapGroup("/billing").WithTags("Billing").Needing(Permission.BillingManage);
        billing.MapGet("/", async (Caller caller, PlanLimits plans, Database database, CancellationToken ct) =>
            ((Result<TenantBilling>)await database.Read(caller, session => TenantBilling.Find(session, plans), ct)).ToOk())
            .WithName("GetBilling").WithSummary("Show the plan with its limits, and who is billed.").Produces<TenantBilling>();
        billing.MapPut("/", async (Request request, IfMatch version, Caller caller, PlanLimits plans, Database database, TimeProvider clock, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(request, version, session, plans, clock), ct)).ToOk())
            .WithName("ChangeBilling").WithSummary("Say who is billed.").Produces<TenantBilling>().WithMetadata(new RequestExample(Example));
    }

    internal static async Task<Result<TenantBilling>> Handle(Request request, IfMatch version, Session session, PlanLimits plans, TimeProvider clock)
    {
        await OrganizationQueries.LockTenant(session); // The first details have no row of their own to wait for.
        if (version.Check((await TenantBilling.Find(session, plans)).Version) is { } stale)
        {
            return stale;
        }

        var (tax, email) = (TaxNumber.Of(request.TaxNumber, request.Country), EmailAddress.Read(request.InvoiceEmail));
        if (Check(request, tax, email) is { } problem)
        {
            return problem;
        }

        await session.Execute(
            """
            insert into org.billing_details (tenant_id, legal_name, address_lines, postcode, city, country, tax_number, purchase_order, invoice_email, invoice_email_key, currency, updated_at)
            values (@tenant, @name, @lines, @postcode, @city, @Country, @tax, @order, @Text, @Key, @Currency, @now)
            on conflict (tenant_id) do update set legal_name = excluded.legal_name, address_lines = excluded.address_lines, postcode = excluded.postcode, city = excluded.city,
                country = excluded.country, tax_number = excluded.tax_number, purchase_order = excluded.purchase_order, invoice_email = excluded.invoice_email,
                invoice_email_key = excluded.invoice_email_key, currency = excluded.currency, updated_at = excluded.updated_at, version = billing_details.version + 1
            """,
            new
            {
                tenant = session.Tenant.Value, name = request.LegalName!.Trim(), lines = request.AddressLines!.Select(line => line.Trim()).ToArray(), postcode = Blank(request.Postcode),
                city = request.City!.Trim(), request.Country, tax = tax.Text, order = Blank(request.PurchaseOrder), email!.Text, email.Key, request.Currency, now = clock.GetUtcNow(),
            });
        return await TenantBilling.Find(session, plans);
    }

    private static Problem? Check(Request request, TaxNumber.Read tax, EmailAddress? email) => Problem.All(
        Forms.IsName(request.LegalName) ? null : new Problem("billing.legal-name", "legal_name", request.LegalName ?? "", Forms.NameForm, "Write the name as the register of companies has it."),
        request.AddressLines is { Count: >= 1 and <= MostLines } lines && lines.All(line => Forms.IsText(line, LongestLine)) ? null
            : new Problem("billing.address", "address_lines", request.AddressLines is { } wrong ? $"{wrong.Count} lines" : "none", $"1 to {MostLines} lines of 1 to {LongestLine} characters", "Write street and number; leave empty lines out."),
        Blank(request.Postcode) is not { } postcode || Forms.IsText(postcode, LongestPostcode) ? null
            : new Problem("billing.postcode", "postcode", request.Postcode!, $"at most {LongestPostcode} characters", "Correct the postcode, or leave it out."),
        Forms.IsName(request.City) ? null : new Problem("billing.city", "city", request.City ?? "", Forms.NameForm, "Correct the city."),
        request.Country is { } country && IsoCodes.Countries.Contains(country) ? null : new Problem("billing.country", "country", request.Country ?? "", "a country's code of ISO 3166-1, such as DE", "Correct the country."),
        tax.Problem,
        Blank(request.PurchaseOrder) is not { } order || Forms.IsText(order, LongestReference) ? null
            : new Problem("billing.purchase-order", "purchase_order", request.PurchaseOrder!, $"at most {LongestReference} characters", "Correct the reference, or leave it out."),
        email is not null ? null : EmailAddress.Unreadable(request.InvoiceEmail) with { Column = "invoice_email" },
        request.Currency is { } currency && IsoCodes.Currencies.Contains(currency) ? null : new Problem("billing.currency", "currency", request.Currency ?? "", "a currency's code of ISO 4217, such as EUR", "Correct the currency."));

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
