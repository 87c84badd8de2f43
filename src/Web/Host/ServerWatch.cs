using Npgsql;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Web.Host;

/// <summary>Starts the private database server again when it has died. One that was told to stop stays down.</summary>
internal sealed class ServerWatch(EmbeddedServer server, TimeProvider time, ILogger<ServerWatch> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await server.Revive(stoppingToken))
                {
                    log.LogWarning("The database server had died and was started again.");
                }
            }
            catch (Exception failed) when (failed is IOException or NpgsqlException)
            {
                log.LogError(failed, "The database server has died and does not start; trying again.");
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Poll, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
