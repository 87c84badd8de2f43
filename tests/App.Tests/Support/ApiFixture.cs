using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Platform.Limits;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Support;

/// <summary>
/// The real server on a real port over a database of its own (<c>IClassFixture</c>), with a client for each of two tenants and one
/// without a key. Workers run too.
/// </summary>
public class ApiFixture(TestPostgres postgres) : IAsyncLifetime
{
    private readonly string state = Path.Combine(Path.GetTempPath(), "offgridflow-api-" + Guid.CreateVersion7().ToString("N"));
    private readonly List<WebApplication> others = [];
    private WebApplication app = null!;

    public TestDatabase Database { get; } = new(postgres);

    public HttpClient Acme { get; private set; } = null!;

    public HttpClient Globex { get; private set; } = null!;

    public HttpClient Nobody { get; private set; } = null!;

    public string AcmeKey { get; private set; } = "";

    public string GlobexKey { get; private set; } = "";

    public Uri Address { get; private set; } = null!;

    /// <summary>Where the server puts its letters.</summary>
    public string Mail => Path.Combine(state, "mail");

    /// <summary>What the server makes: files, keys.</summary>
    public string StateFolder => state;

    /// <summary>The server's own services.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>Changes the database before a server is started on it.</summary>
    internal virtual Task Prepare() => Task.CompletedTask;

    /// <summary>Changes what the server is started with.</summary>
    internal virtual HostSettings Settings(HostSettings settings) => settings;

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        await Prepare();
        Directory.CreateDirectory(state);
        app = Build();
        Address = await Start(app);
        AcmeKey = await Key(Database.Acme);
        GlobexKey = await Key(Database.Globex);
        (Acme, Globex, Nobody) = (Client(AcmeKey), Client(GlobexKey), Client(null));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Acme?.Dispose();
        Globex?.Dispose();
        Nobody?.Dispose();
        foreach (var one in (IEnumerable<WebApplication>)[.. others, .. app is null ? (WebApplication[])[] : [app]])
        {
            await one.StopAsync(CancellationToken.None);
            await one.DisposeAsync();
        }

        await Database.DisposeAsync();
        Directory.Delete(state, recursive: true);
    }

    /// <summary>Another server over the same database and state folder, as long as this one.</summary>
    public async Task<(Uri Address, IServiceProvider Services)> Another()
    {
        var other = Build();
        others.Add(other);
        return (await Start(other), other.Services);
    }

    /// <summary>A fresh key of a tenant.</summary>
    public async Task<string> Key(Caller caller)
    {
        var made = await Database.Database.Write(
            caller, session => CreateApiKey.Handle(new CreateApiKey.Request("test", Role: "owner"), session, TimeProvider.System), TestContext.Current.CancellationToken);
        return made.Value.Key;
    }

    public HttpClient Client(string? key, Uri? server = null)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server ?? Address };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private WebApplication Build() => ProductHost.Build(Settings(new HostSettings(Database.Database, Repository.Data, state) { Port = 0, RequestsPerSecond = 100_000, SignIns = new SignInLimits(100_000, 100_000), Outbound = Offline.Public }));

    private static async Task<Uri> Start(WebApplication server)
    {
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }
}

/// <summary>Requests as tests make them.</summary>
internal static class ApiRequests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The answer's JSON, after the status is what was expected.</summary>
    public static async Task<JsonElement> Json(this HttpResponseMessage response, int status = 200)
    {
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status} for {response.RequestMessage?.Method} {response.RequestMessage?.RequestUri}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The answer's problem code, after the status and the form are what they should be.</summary>
    public static async Task<string> Problem(this HttpResponseMessage response, int status)
    {
        var body = await response.Json(status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, body.GetProperty("status").GetInt32());
        return body.GetProperty("code").GetString()!;
    }

    public static Task<HttpResponseMessage> Get(this HttpClient client, string path) => client.GetAsync(path, Cancelled);

    public static Task<HttpResponseMessage> Post(this HttpClient client, string path, object? body = null, params (string Name, string Value)[] headers) =>
        client.Send(HttpMethod.Post, path, body, headers);

    public static Task<HttpResponseMessage> Put(this HttpClient client, string path, object body, params (string Name, string Value)[] headers) =>
        client.Send(HttpMethod.Put, path, body, headers);

    public static Task<HttpResponseMessage> Patch(this HttpClient client, string path, object body, params (string Name, string Value)[] headers) =>
        client.Send(HttpMethod.Patch, path, body, headers);

    public static Task<HttpResponseMessage> Delete(this HttpClient client, string path, params (string Name, string Value)[] headers) =>
        client.Send(HttpMethod.Delete, path, null, headers);

    /// <param name="client">Who asks.</param>
    /// <param name="method">How.</param>
    /// <param name="path">What for.</param>
    /// <param name="body">Content as it is, or an object to be sent as JSON.</param>
    /// <param name="headers">Besides the key.</param>
    public static Task<HttpResponseMessage> Send(this HttpClient client, HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path)
        {
            Content = body switch { null => null, HttpContent content => content, _ => JsonContent.Create(body, options: OffGridFlow.Platform.Http.Json.Options) },
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return client.SendAsync(request, Cancelled);
    }
}
