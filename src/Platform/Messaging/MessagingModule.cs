using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging.Webhooks;
using OffGridFlow.Platform.Outbound;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Messaging;

/// <summary>Jobs, schedules, events and webhooks.</summary>
public static class MessagingModule
{
    /// <summary>What every process needs. Setting: <c>OFFGRIDFLOW_ALLOW_PRIVATE_ADDRESSES</c>. Secrets are kept by <see cref="Secrets.Seals"/>, which the program adds.</summary>
    public static IServiceCollection AddMessaging(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(ChunkSize.Default);
        services.TryAddSingleton(_ => OutboundOptions.FromEnvironment());
        services.AddSingleton<OutboundHttp>();
        services.TryAddSingleton(new RetentionSettings());
        services.AddSingleton<IPruning, PruneMessages>();
        services.AddSingleton<IJobHandler, Prune>();
        services.AddSingleton<IJobHandler, HearEvent>();
        services.AddSingleton<IJobHandler, DeliverWebhook>();
        services.AddSingleton<Bell>();
        services.AddHostedService(provider => provider.GetRequiredService<Bell>());
        return services;
    }

    /// <summary>What a process needs that works: it runs jobs, keeps the schedules, hands events on and chains the audit trail (<c>work</c>, <c>up</c>).</summary>
    public static IServiceCollection AddWorkers(this IServiceCollection services, JobWorkerOptions? options = null)
    {
        services.AddSingleton(options ?? new JobWorkerOptions());
        services.AddHostedService<JobWorker>();
        services.AddHostedService<OutboxDispatcher>();
        services.AddHostedService<JobScheduler>();
        services.AddHostedService<Audit.AuditChain>();
        return services;
    }

    /// <param name="api">The group <c>/api/v1</c>, behind authentication.</param>
    public static IEndpointRouteBuilder MapMessaging(this IEndpointRouteBuilder api)
    {
        JobEndpoints.Map(api.MapGroup("/jobs").WithTags("Jobs").Needing(Permission.JobsRead, Permission.JobsManage));
        var webhooks = api.MapGroup("/webhooks").WithTags("Webhooks").Needing(Permission.WebhooksManage);
        WriteWebhook.Map(webhooks);
        ReadWebhooks.Map(webhooks);
        TestWebhook.Map(webhooks);
        return api;
    }
}
