using OffGridFlow.Organizations.Members;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Demo;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Tests.Support;

/// <summary>The server with its workers over a database of its own, and Acme's first year in the ledger (<c>IClassFixture</c>).</summary>
public sealed class Site(TestPostgres postgres) : ApiFixture(postgres), IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal override HostSettings Settings(HostSettings settings) => settings with { OffersDemonstration = true };

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        var owner = await AddOwner.Handle(
            new AddOwner.Request(DemoOrganization.Person.Text), Database.Acme.Tenant, Database.Database, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Null(owner.Problem);
        await Import(Acme, "energy.csv");
    }

    /// <summary>The session of a new owner of a tenant, as a browser keeps it.</summary>
    public async Task<Cookie> Session(Caller tenant, string role = "owner")
    {
        var cookie = (await People.Cookie(this, tenant, role)).Split('=', 2);
        return new Cookie { Name = cookie[0], Value = cookie[1], Url = Address.ToString() };
    }

    /// <summary>One of the examples, into the ledger.</summary>
    public async Task Import(HttpClient client, string example)
    {
        var ct = TestContext.Current.CancellationToken;
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(Repository.Data, "examples", example), ct));
        content.Headers.ContentType = new("text/csv");
        var started = await (await client.PostAsync(new Uri($"/api/v1/imports?file_name={example}", UriKind.Relative), content, ct)).Json(202);
        var id = started.GetProperty("import_id").GetGuid();
        using var enough = new CancellationTokenSource(Patience);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!(await client.GetStringAsync(new Uri($"/imports/{id}", UriKind.Relative), enough.Token)).Contains("are in the ledger", StringComparison.Ordinal))
        {
            Assert.True(await poll.WaitForNextTickAsync(enough.Token));
        }
    }
}
