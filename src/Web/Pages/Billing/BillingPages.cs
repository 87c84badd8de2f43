using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Billing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Billing;

/// <summary><c>/billing</c>: the plan with its limits, and who is billed.</summary>
internal static class BillingPages
{
    private const string Home = "/billing";

    public static void Map(IEndpointRouteBuilder pages)
    {
        var billing = pages.MapGroup(Home).Needing(Permission.BillingManage).DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        billing.MapGet("", async (string? done, Caller caller, PlanLimits plans, Database database, CancellationToken ct) => await Show(caller, plans, database, null, null, done == "yes", ct));
        billing.MapPost("", Save);
    }

    private static async Task<IResult> Save(HttpContext context, Caller caller, PlanLimits plans, Database database, TimeProvider clock, CancellationToken ct)
    {
        var form = await context.Form(ct);
        string? Said(string name) => form[name].ToString() is { Length: > 0 } text ? text : null;
        var request = new WriteBilling.Request(
            Said("legal_name"), [.. form["address"].ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)], Said("postcode"), Said("city"),
            Said("country")?.Trim().ToUpperInvariant(), Said("tax_number"), Said("purchase_order"), Said("invoice_email"), Said("currency")?.Trim().ToUpperInvariant());
        var version = int.TryParse(form["version"], System.Globalization.CultureInfo.InvariantCulture, out var seen) ? new IfMatch(seen) : IfMatch.Any;
        var saved = await database.Write(caller, session => WriteBilling.Handle(request, version, session, plans, clock), ct);
        return saved.Problem is { } problem ? await Show(caller, plans, database, problem, request, false, ct) : TypedResults.LocalRedirect($"{Home}?done=yes");
    }

    // What was refused stays in the form, to be mended there.
    private static async Task<IResult> Show(Caller caller, PlanLimits plans, Database database, Problem? problem, WriteBilling.Request? refused, bool isDone, CancellationToken ct)
    {
        var (tenant, billing) = await database.Read(caller, async session => ((await OrganizationQueries.Tenant(session)).Name, await TenantBilling.Find(session, plans)), ct);
        var there = billing.Billed;
        var filled = refused is null
            ? new BillingForm(there?.LegalName, there?.AddressLines, there?.Postcode, there?.City, there?.Country, there?.TaxNumber, there?.PurchaseOrder, there?.InvoiceEmail, there?.Currency)
            : new BillingForm(refused.LegalName, refused.AddressLines, refused.Postcode, refused.City, refused.Country, refused.TaxNumber, refused.PurchaseOrder, refused.InvoiceEmail, refused.Currency);
        return PageAnswer.Page<BillingPage>(new { Organization = tenant, Billing = billing, Form = filled, Problem = problem, IsDone = isDone }, problem);
    }
}

/// <summary>What stands in the form.</summary>
public sealed record BillingForm(
    string? LegalName, IReadOnlyList<string>? AddressLines, string? Postcode, string? City, string? Country, string? TaxNumber, string? PurchaseOrder, string? InvoiceEmail, string? Currency);
