using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Platform.Messaging;

/// <summary>
/// Wakes those who wait for work: one connection listens for all of them. It is a hint and no more: who waits also looks by itself
/// now and then, so that a lost connection costs time and no job.
/// </summary>
public sealed class Bell(Database database, ILogger<Bell> log) : BackgroundService
{
    internal const string Jobs = "platform_jobs";
    internal const string JobCancelled = "platform_job_cancelled";
    internal const string Events = "platform_outbox";

    /// <summary>Rings when somebody's permissions, keys or sessions have changed.</summary>
    public const string Access = "platform_access";

    private readonly ConcurrentDictionary<Action<string, string>, bool> listeners = new();

    /// <summary>One who waits for a channel. A ring between two waits is kept.</summary>
    internal sealed class Ear : IDisposable
    {
        private readonly Channel<bool> rung = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        private readonly Action hush;

        internal Ear(Bell bell, string channel)
        {
            void Listen(string on, string payload)
            {
                if (on == channel)
                {
                    rung.Writer.TryWrite(true);
                }
            }

            bell.listeners[Listen] = true;
            hush = () => bell.listeners.TryRemove(Listen, out _);
        }

        /// <summary>Until it rings, or that long.</summary>
        internal async Task Wait(TimeSpan longest, CancellationToken ct)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
            end.CancelAfter(longest);
            try
            {
                await rung.Reader.ReadAsync(end.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Nobody rang.
            }
        }

        public void Dispose() => hush();
    }

    internal Ear Listen(string channel) => new(this, channel);

    /// <summary>Calls back with each message of the channel.</summary>
    public IDisposable Listen(string channel, Action<string> heard)
    {
        void Pass(string on, string payload)
        {
            if (on == channel)
            {
                heard(payload);
            }
        }

        listeners[Pass] = true;
        return new Hush(() => listeners.TryRemove(Pass, out _));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.Source.OpenConnectionAsync(stoppingToken);
                connection.Notification += Ring;
                await using (var listen = new NpgsqlCommand($"listen {Jobs}; listen {JobCancelled}; listen {Events}; listen {Access}", connection))
                {
                    await listen.ExecuteNonQueryAsync(stoppingToken);
                }

                // What was rung while nobody listened.
                Ring(Jobs, "");
                Ring(Events, "");
                Ring(Access, "");
                while (true)
                {
                    await connection.WaitAsync(stoppingToken);
                }
            }
            catch (Exception lost) when (lost is NpgsqlException or IOException or TimeoutException && !stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(lost, "The database does not ring; listening again in a second.");
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void Ring(object sender, NpgsqlNotificationEventArgs rung) => Ring(rung.Channel, rung.Payload);

    private void Ring(string channel, string payload)
    {
        foreach (var listener in listeners.Keys)
        {
            listener(channel, payload);
        }
    }

    private sealed class Hush(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
