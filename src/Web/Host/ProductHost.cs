using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using OffGridFlow.Activities;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Ledger;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Billing;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Organizations.Periods;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Organizations.Tokens;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Limits;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Reporting;
using OffGridFlow.Web.Api;
using OffGridFlow.Web.OpenApi;
using OffGridFlow.Web.Pages;
using OffGridFlow.Web.Trust;

namespace OffGridFlow.Web.Host;

/// <summary>The server: its modules, its endpoints, and the steps every request goes through.</summary>
internal static class ProductHost
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    public static WebApplication Build(HostSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        MaskedLog.Use(builder.Logging, settings);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Grace);
        builder.Services.AddForwarded(settings);
        AddServices(builder.Services, settings);
        if (!settings.Serves)
        {
            builder.Services.AddSingleton<IServer, NoServer>();
        }

        var app = builder.Build();
        if (settings.Serves)
        {
            UseSteps(app, Admit);
            MapEndpoints(app);
        }

        return app;
    }

    /// <summary>Every service of the program, for servers, workers and verbs alike.</summary>
    internal static void AddServices(IServiceCollection services, HostSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(settings.Database); // An instance is disposed of by whoever made it.
        services.AddSingleton(settings.Clock);
        services.AddSingleton(settings.Chunk);
        services.AddSingleton(settings.Retention);
        services.AddSingleton(settings.Outbound);
        services.AddSingleton(settings.Regions);
        services.AddHostedService<RegionGuard>(); // Before anything else begins.
        services.AddSingleton(new Product(settings.DataFolder));
        services.AddSingleton(provider => provider.GetRequiredService<Product>().Data);
        services.AddSingleton<IMasterKeys>(_ => MasterKeys.Of(settings.StateFolder));
        services.AddSingleton<Seals>();
        services.AddSingleton(FileStore.At(settings.FilePlace ?? Path.Combine(settings.StateFolder, "files"), settings.StateFolder, settings.MostFileBytes));
        services.ConfigureHttpJsonOptions(json => Json.Set(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        services.AddResponseCompression(compression => compression.MimeTypes = ResponseMediaTypes.Compressed);
        services.AddSingleton(settings.SignIns);
        if (settings.Redis is { } redis)
        {
            services.AddSingleton(_ => new RedisConnection(redis));
            services.AddSingleton<RedisBuckets>();
        }

        services.AddSingleton(provider => new Allowance(settings.Clock, provider.GetRequiredService<ILogger<Allowance>>(), provider.GetService<RedisBuckets>()));
        services.AddApiDocument();
        services.AddMessaging();
        services.AddAudit();
        services.AddSingleton(_ => settings.Mail ?? MailPlace.FromEnvironment(settings.StateFolder));
        services.AddSingleton(provider => new PublicAddress(() => settings.PublicAddress ?? OwnAddress(provider)));
        services.AddSingleton<SendLetter>();
        services.AddSingleton<IJobHandler>(provider => provider.GetRequiredService<SendLetter>());
        services.AddSingleton(TokenNames.Of(settings.Host, settings.Regions.OwnAddress));
        services.AddOrganizations(CommonPasswords.From(Beside("common-passwords.json"), Beside("more-common-passwords.txt.gz")));
        services.AddSingleton(provider => new SnapshotCheck(async (session, id) =>
            (await SnapshotQueries.Locked(session, id, provider.GetRequiredService<ReferenceData>())).Problem));
        services.AddSingleton(new TenantFiles(ActivityQueries.Files));
        services.AddSingleton(new PlanLimits(plan => RateLimit.LimitsOf(plan, settings)));
        services.AddFactors();
        services.AddActivities();
        services.AddLedger();
        services.AddReporting();
        services.AddPages();
        services.AddHostedService<ProductLoading>();
        if (settings.PrivateServer is { } server)
        {
            services.AddHostedService(provider => new ServerWatch(server, settings.Clock, provider.GetRequiredService<ILogger<ServerWatch>>()));
        }

        if (settings.Works)
        {
            services.AddWorkers(settings.Workers);
        }
    }

    private static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);

    // Where nobody said how people reach the server, they are on its own machine.
    private static Uri OwnAddress(IServiceProvider provider) =>
        new(provider.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost:8080");

    /// <summary>The steps of every request.</summary>
    /// <param name="app">The server.</param>
    /// <param name="admit">Those that say who calls and whether they may: <see cref="Admit"/>.</param>
    internal static void UseSteps(WebApplication app, Action<WebApplication> admit)
    {
        app.UseForwarded();
        app.UseMiddleware<RequestNames>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<RefusalLog>();
        app.UseMiddleware<Failures>();
        app.UseResponseCompression();
        app.Use(CurrentVersion.Rewrite);
        app.Use(Methods.Head(app.Services.GetRequiredService<EndpointDataSource>()));
        app.UseDocuments();
        app.UseRouting();
        app.UseMiddleware<TimeLimit>();
        admit(app);
        app.Use(KnownParameters.Check);
        app.UseMiddleware<Idempotency>();
    }

    private static void Admit(WebApplication app)
    {
        app.UseMiddleware<Authentication>();
        app.UseMiddleware<TenantHost>();
        app.UseMiddleware<CrossOrigin>();
        app.UseMiddleware<RateLimit>();
        app.Use(Methods.Answer);
        app.UseMiddleware<Admission>();
        app.UseMiddleware<Authorization>();
    }

    internal static void MapEndpoints(WebApplication app)
    {
        app.MapHealth();
        app.MapApiDocument();
        app.MapPublicKeys();
        app.MapDirectory();
        var api = app.MapGroup("/api/v1");
        api.MapOrganizations();
        api.MapFactors();
        api.MapActivities();
        api.MapLedger();
        api.MapReporting();
        api.MapMessaging();
        api.MapAudit();
        PostEstimates.Map(api);
        FindFactors.Map(api);
        ShowTrust.MapApi(api);
        app.MapPages();
    }

    private static void Listen(KestrelServerOptions kestrel, HostSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.RequestHeaderEncodingSelector = PlainLengths.For;
        kestrel.Limits.MaxRequestBodySize = settings.MostBodyBytes;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.MaxRequestHeadersTotalSize = 24 * 1024; // Two of the longest token there may be, and the rest.
        kestrel.Limits.MaxRequestLineSize = 8 * 1024;
        kestrel.Limits.RequestHeadersTimeout = settings.Patience;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: settings.Patience);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(1);
        kestrel.Listen(System.Net.IPAddress.Parse(settings.Address), settings.Port, listen =>
        {
            if (settings.Certificate is { } files)
            {
                var certificate = new Certificate(files, settings.Clock, kestrel.ApplicationServices.GetRequiredService<ILogger<Certificate>>());
                listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificate.Options()) });
            }
        });
    }
}

/// <summary>Starts loading the product's data without keeping the server from starting.</summary>
internal sealed class ProductLoading(Product product) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = product.Load();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
