using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Billing;

namespace OffGridFlow.App.Tests.Organizations;

/// <summary>The plan of an organisation, and who is billed, over HTTP.</summary>
public sealed class BillingTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Billing = "/api/v1/billing";

    [Fact]
    public async Task Who_is_billed_is_said_with_the_version_that_was_read_and_no_other_tenant_sees_it()
    {
        var (acme, globex) = (api.Client(await api.Key(await People.Tenant(api))), api.Client(await api.Key(await People.Tenant(api))));
        var first = await acme.Get(Billing);
        Assert.Equal("\"0\"", first.Headers.ETag?.Tag);
        var plan = (await first.Json()).GetProperty("plan");
        Assert.Equal(("standard", 1_000_000, "100000", "50000"), (plan.GetProperty("name").GetString(), plan.GetProperty("requests_at_once").GetInt32(), plan.GetProperty("requests_per_second").GetString(), plan.GetProperty("requests_per_second_of_one").GetString()));
        Assert.False((await (await acme.Get(Billing)).Json()).TryGetProperty("billed", out _));

        Assert.Equal("version.required", await (await acme.Put(Billing, Details())).Problem(428));
        var said = await (await acme.Put(Billing, Details(), ("If-Match", "\"0\""))).Json();
        Assert.Equal("version.stale", await (await acme.Put(Billing, Details(), ("If-Match", "\"0\""))).Problem(412));
        var changed = await acme.Put(Billing, Details(city: "Bonn"), ("If-Match", "\"1\""));

        Assert.Equal("DE123456789", said.GetProperty("billed").GetProperty("tax_number").GetString());
        Assert.Empty(said.GetProperty("warnings").EnumerateArray());
        Assert.Equal("\"2\"", changed.Headers.ETag?.Tag);
        var read = (await (await acme.Get(Billing)).Json()).GetProperty("billed");
        Assert.Equal(("Bonn", "invoices@example.org", "Werkstraße 4"), (read.GetProperty("city").GetString(), read.GetProperty("invoice_email").GetString(), read.GetProperty("address_lines")[0].GetString()));
        Assert.False((await (await globex.Get(Billing)).Json()).TryGetProperty("billed", out _));
        await (await globex.Put(Billing, Details(city: "Springfield"), ("If-Match", "\"0\""))).Json();
        Assert.Equal("Bonn", (await (await acme.Get(Billing)).Json()).GetProperty("billed").GetProperty("city").GetString());
    }

    [Fact]
    public async Task Two_who_say_it_first_do_not_overwrite_each_other()
    {
        var acme = api.Client(await api.Key(await People.Tenant(api)));

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => acme.Put(Billing, Details(city: $"City {i}"), ("If-Match", "\"0\""))));

        Assert.Equal([200, 412, 412, 412], answers.Select(answer => (int)answer.StatusCode).Order());
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        var body = await (await api.Acme.Put(Billing, new { legal_name = "", address_lines = Array.Empty<string>(), city = "", country = "XX", tax_number = "DE1", invoice_email = "nobody", currency = "EURO" }, ("If-Match", "*"))).Json(400);

        Assert.Equal(["legal_name", "address_lines", "city", "country", "invoice_email", "currency"], body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("column").GetString()));
    }

    // Shapes as the European Commission's VIES lists them; of others nothing is known.
    [Theory]
    [InlineData("DE", "DE123456789", "DE123456789", null)]
    [InlineData("DE", "de 123.456.789", "DE123456789", null)]
    [InlineData("AT", "ATU12345678", "ATU12345678", null)]
    [InlineData("BE", "BE0123456789", "BE0123456789", null)]
    [InlineData("CY", "CY12345678X", "CY12345678X", null)]
    [InlineData("ES", "ESX1234567X", "ESX1234567X", null)]
    [InlineData("FR", "FRXX123456789", "FRXX123456789", null)]
    [InlineData("GR", "EL123456789", "EL123456789", null)]
    [InlineData("IE", "IE1234567WA", "IE1234567WA", null)]
    [InlineData("LT", "LT123456789012", "LT123456789012", null)]
    [InlineData("NL", "NL123456789B01", "NL123456789B01", null)]
    [InlineData("GB", "XI123456789", "XI123456789", null)]
    [InlineData("US", "IE1234567W", "IE1234567W", "billing.tax-number-country")]
    [InlineData("DE", "FR12345678901", "FR12345678901", "billing.tax-number-country")]
    [InlineData("DE", "12/345/67890", "12/345/67890", "billing.tax-number-unknown")]
    [InlineData("US", "12-3456789", "12-3456789", "billing.tax-number-unknown")]
    [InlineData("MX", "SIE930101AB1", "SIE930101AB1", "billing.tax-number-unknown")]
    [InlineData("GB", "GB123456789", "GB123456789", "billing.tax-number-unknown")]
    [InlineData("DE", "DE12345678", null, "billing.tax-number")]
    [InlineData("FR", "FRXX12345678", null, "billing.tax-number")]
    [InlineData("NL", "NL123456789X01", null, "billing.tax-number")]
    [InlineData("GR", "GR123456789", null, "billing.tax-number")]
    [InlineData("IT", "DE12", null, "billing.tax-number")]
    [InlineData("DE", null, null, null)]
    public void A_vat_number_of_the_union_has_its_state_s_shape_and_any_other_is_kept_with_a_warning(string country, string? written, string? kept, string? code)
    {
        var read = TaxNumber.Of(written, country);

        Assert.Equal((kept, code), (read.Text, read.Problem?.Code ?? read.Warning?.Code));
        Assert.True(read.Problem is null || read.Warning is null);
    }

    [Fact]
    public async Task A_number_of_unknown_shape_is_kept_and_its_warning_stays_to_be_read()
    {
        var acme = api.Client(await api.Key(await People.Tenant(api)));
        Assert.Equal("billing.tax-number", await (await acme.Put(Billing, Details(tax: "DE12"), ("If-Match", "*"))).Problem(400));

        await (await acme.Put(Billing, Details(country: "US", tax: "12-3456789"), ("If-Match", "*"))).Json();

        var read = await (await acme.Get(Billing)).Json();
        Assert.Equal("12-3456789", read.GetProperty("billed").GetProperty("tax_number").GetString());
        Assert.Equal("billing.tax-number-unknown", Assert.Single(read.GetProperty("warnings").EnumerateArray().ToList()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_person_s_address_leaves_with_them_and_is_in_what_they_take_out()
    {
        var tenant = await People.Tenant(api);
        await People.Owner(api, tenant);
        var (acme, ana) = (api.Client(await api.Key(tenant)), await People.Member(api, tenant, "viewer"));
        await (await acme.Put(Billing, Details(email: ana.Email.ToUpperInvariant()), ("If-Match", "*"))).Json();
        Assert.Equal(ana.Email.ToUpperInvariant(), (await (await ana.Client.Get("/api/v1/auth/me/export")).Json()).GetProperty("invoices")[0].GetProperty("invoice_email").GetString());

        Assert.Equal(204, (int)(await ana.Client.Send(HttpMethod.Delete, "/api/v1/auth/me", new { password = People.Password })).StatusCode);

        var read = await (await acme.Get(Billing)).Json();
        Assert.False(read.GetProperty("billed").TryGetProperty("invoice_email", out _));
        Assert.Equal("billing.no-invoice-email", Assert.Single(read.GetProperty("warnings").EnumerateArray().ToList()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Each_change_is_in_the_trail_with_what_was_there()
    {
        var acme = api.Client(await api.Key(await People.Tenant(api)));
        await (await acme.Put(Billing, Details(), ("If-Match", "*"))).Json();
        await (await acme.Put(Billing, Details(city: "Bonn"), ("If-Match", "*"))).Json();

        var rows = (await (await acme.Get("/api/v1/audit?table=org.billing_details&limit=10")).Json()).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(["insert", "update"], rows.Select(row => row.GetProperty("operation").GetString()).Order(StringComparer.Ordinal));
        var update = rows.Single(row => row.GetProperty("operation").GetString() == "update");
        Assert.Equal(("Kassel", "Bonn"), (update.GetProperty("old_values").GetProperty("city").GetString(), update.GetProperty("new_values").GetProperty("city").GetString()));
    }

    [Fact]
    public async Task The_codes_of_countries_are_those_of_the_standard_as_the_product_ships_it()
    {
        var shipped = (await File.ReadAllLinesAsync(Path.Combine(Repository.Data, "geo", "countries.csv"), TestContext.Current.CancellationToken)).Skip(1).Select(line => line[..2]).Where(code => code != "XK");

        Assert.Equal(shipped.Order(StringComparer.Ordinal), IsoCodes.Countries.Order(StringComparer.Ordinal));
        Assert.Superset(new HashSet<string>(["EUR", "USD", "GBP", "JPY", "CHF", "CNY", "INR", "AUD", "CAD", "BRL", "ZAR"], StringComparer.Ordinal), IsoCodes.Currencies.ToHashSet(StringComparer.Ordinal));
        Assert.All(IsoCodes.Currencies, code => Assert.Matches("^[A-Z]{3}$", code));
    }

    private static object Details(string city = "Kassel", string country = "DE", string? tax = "DE 123 456 789", string email = "invoices@example.org") => new
    {
        legal_name = "Acme Pumps GmbH", address_lines = new[] { "Werkstraße 4" }, postcode = "34117", city, country, tax_number = tax, purchase_order = "PO-2025-118", invoice_email = email, currency = "EUR",
    };
}
