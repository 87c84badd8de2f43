using System.CommandLine;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Cli;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Bench;

/// <summary>What it costs to know who calls and whether they may: an endpoint behind all steps, beside the same endpoint in the same process where the caller is given.</summary>
internal static class AuthBench
{
    private const double MostTimes = 1.3;
    private const int Clients = 8;
    private const int Asked = 400; // By each client, in each turn.
    private const int NoLimit = 10_000_000;
    private const string Password = "correct horse battery staple";
    private const string Path = "/api/v1/tenant";

    public static Command Create()
    {
        var turns = new Option<int>("--turns") { DefaultValueFactory = _ => 15, Description = "How often each is measured, in turn." };
        var data = DataFolder.Option();
        var command = new Verb("auth", "An endpoint behind token check, tenant, permission and rate limit takes at most 1.3 times what it takes without.")
        {
            Examples = ["bench auth", "bench auth --turns 5"], Options = { turns, data },
        };
        command.SetAction((result, ct) => Run(result.GetValue(turns), DataFolder.Of(result, data), ct));
        return command;
    }

    private static async Task<int> Run(int turns, string dataFolder, CancellationToken ct)
    {
        await using var cluster = await PrivateCluster.Make(ct);
        var (caller, _) = await cluster.Tenant(ct);
        var settings = new HostSettings(cluster.Database, dataFolder, cluster.State) { Port = 0, Works = false, RequestsPerSecond = NoLimit };
        await using var guarded = ProductHost.Build(settings);
        await using var open = Open(settings, caller);
        await guarded.StartAsync(ct);
        await open.StartAsync(ct);
        var key = PrivateCluster.Value(await cluster.Database.Write(caller, session => CreateApiKey.Handle(new CreateApiKey.Request("bench", Role: "owner"), session, TimeProvider.System), ct)).Key;
        var token = await Token(guarded, caller, ct);
        using var bare = Client(open, null);
        using var byKey = Client(guarded, key);
        using var byToken = Client(guarded, token);
        Report.Head($"auth: GET {Path}, {Clients} clients, {turns} turns of {Clients * Asked} requests each; the servers, the clients and PostgreSQL on one machine");
        foreach (var client in (HttpClient[])[bare, byKey, byToken, bare, byKey, byToken])
        {
            await Ask(client, ct); // Code is compiled, connections are open.
        }

        var times = new List<(double Bare, double Key, double Token)>();
        for (var turn = 0; turn < turns; turn++)
        {
            // One after the other and then the other way round: what else the machine does falls on all alike.
            var (a, b, c) = turn % 2 == 0
                ? (await Ask(bare, ct), await Ask(byKey, ct), await Ask(byToken, ct))
                : Turned(await Ask(byToken, ct), await Ask(byKey, ct), await Ask(bare, ct));
            times.Add((a, b, c));
        }

        Report.Figure("the caller is given", Report.Median(times.Select(time => time.Bare)) * 1e6, "µs a request");
        Report.Figure("with an API key", Report.Median(times.Select(time => time.Key)) * 1e6, "µs a request");
        Report.Figure("with an access token", Report.Median(times.Select(time => time.Token)) * 1e6, "µs a request");
        Report.AtMost("with an API key, beside without", Report.Median(times.Select(time => time.Key / time.Bare)), MostTimes, "times");
        Report.AtMost("with an access token, beside without", Report.Median(times.Select(time => time.Token / time.Bare)), MostTimes, "times");
        await guarded.StopAsync(ct);
        await open.StopAsync(ct);
        return CommandLine.Done;
    }

    // The same services, endpoints and steps, but for those that say who calls and whether they may.
    private static WebApplication Open(HostSettings settings, Caller caller)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        ProductHost.AddServices(builder.Services, settings);
        var app = builder.Build();
        ProductHost.UseSteps(app, steps => steps.Use((context, next) =>
        {
            context.Features.Set(caller);
            return next(context);
        }));
        ProductHost.MapEndpoints(app);
        return app;
    }

    // As a person gets one: an account, a membership, a sign-in.
    private static async Task<string> Token(WebApplication server, Caller caller, CancellationToken ct)
    {
        var (database, email) = (server.Services.GetRequiredService<Database>(), EmailAddress.Read("bench@example.org")!);
        var hash = server.Services.GetRequiredService<Passwords>().Hash(Password);
        var user = PrivateCluster.Value(await AddUser.Handle(new AddUser.Request(email, "Bench", hash, IsConfirmed: true), caller, database, TimeProvider.System, ct));
        PrivateCluster.Value(await database.Write(caller, session => Join.Handle(new Join.Request(user, "owner", "operator"), session, TimeProvider.System), ct));
        using var client = Client(server, null);
        using var answer = await client.PostAsJsonAsync("/api/v1/auth/login", new { email = email.Text, password = Password }, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("access_token").GetString()!;
    }

    private static HttpClient Client(WebApplication server, string? secret)
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Clients, UseCookies = false, UseProxy = false })
        {
            BaseAddress = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
        };
        client.DefaultRequestHeaders.Authorization = secret is null ? null : new AuthenticationHeaderValue("Bearer", secret);
        return client;
    }

    // Seconds a request takes one client.
    private static async Task<double> Ask(HttpClient client, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            for (var i = 0; i < Asked; i++)
            {
                using var answer = await client.GetAsync(Path, ct);
                answer.EnsureSuccessStatusCode();
            }
        }));
        return Stopwatch.GetElapsedTime(begun).TotalSeconds / Asked;
    }

    private static (double Bare, double Key, double Token) Turned(double token, double key, double bare) => (bare, key, token);
}
