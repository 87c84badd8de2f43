using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Outbound;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Messaging;

/// <summary>A process that works, as <c>./offgridflow work</c> is one: everything real, with the test's handlers and subscribers.</summary>
internal sealed class Working : IAsyncDisposable
{
    private readonly IHost host;

    private Working(IHost host) => this.host = host;

    internal static async Task<Working> Start(Database database, JobWorkerOptions options, params object[] parts)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(database); // An instance: the host does not close it.
        builder.Services.AddSingleton(parts.OfType<OutboundOptions>().FirstOrDefault() ?? Offline.Private);
        builder.Services.AddSingleton(TestSeals.New());
        foreach (var part in parts)
        {
            _ = part switch
            {
                IJobHandler handler => builder.Services.AddSingleton(handler),
                IEventSubscriber subscriber => builder.Services.AddSingleton(subscriber),
                _ => builder.Services,
            };
        }

        builder.Services.AddMessaging().AddWorkers(options);
        var working = new Working(builder.Build());
        await working.host.StartAsync();
        return working;
    }

    /// <summary>Stops as on Ctrl-C.</summary>
    internal Task Stop() => host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    /// <summary>Fast leases and polls.</summary>
    internal static JobWorkerOptions Quick { get; } = new() { Slots = 4, Lease = TimeSpan.FromMilliseconds(600), Poll = TimeSpan.FromMilliseconds(50) };
}

/// <summary>Does what the test says.</summary>
internal sealed class Handler(string name, Func<JobRun, CancellationToken, Task> run, RetryPolicy? retries = null) : IJobHandler
{
    public string Name => name;

    public RetryPolicy Retries => retries ?? RetryPolicy.Default;

    public Task Run(JobRun job, CancellationToken ct) => run(job, ct);
}

/// <summary>What tests ask of the queue.</summary>
internal static class Queue
{
    internal static async Task<Guid> Enqueue(this TestDatabase test, Caller caller, NewJob job) =>
        (await test.Database.Write<Guid>(caller, async session => await JobQueue.Enqueue(session, job), CancellationToken.None)).Value;

    internal static async Task<JobView> Job(this TestDatabase test, Caller caller, Guid id) =>
        (await JobEndpoints.Show(id, caller, test.Database, CancellationToken.None)).Value;

    internal static async Task<T> Admin<T>(this TestDatabase test, string sql, object? parameters = null)
    {
        await using var connection = await test.Admin.OpenConnectionAsync();
        return (await connection.QuerySingleAsync<T>(sql, parameters))!;
    }

    internal static Task<JobView> JobIs(this TestDatabase test, Caller caller, Guid id, string status) =>
        Until(() => test.Job(caller, id), job => job.Status == status, job => $"job {job.Name} is {job.Status}, not {status}: {job.ProblemJson}");

    /// <summary>Looks until it is so. A minute is no measurement: it is the end of a test that would never end.</summary>
    internal static async Task<T> Until<T>(Func<Task<T>> look, Func<T, bool> isSo, Func<T, string> otherwise)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (isSo(seen))
            {
                return seen;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1), otherwise(seen));
            await Task.Delay(10, TestContext.Current.CancellationToken); // Whoever asks without a pause is soon asked to wait.
        }
    }

    internal static JobLeases Leases(this TestDatabase test, string worker, TimeSpan? lease = null) =>
        new(test.Database, worker, lease ?? TimeSpan.FromMinutes(1), TimeProvider.System);
}
