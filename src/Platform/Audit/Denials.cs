using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Audit;

/// <summary>
/// Puts refusals on the trail. The first of its sort is written at once; those that repeat it within a minute become one row with their count, so that nobody
/// floods the trail by being refused.
/// </summary>
public sealed class Denials(Database database, TimeProvider clock, ILogger<Denials> log) : BackgroundService
{
    private static readonly TimeSpan Fold = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(TenantId Tenant, string Actor, string Name, string What), Repeats> folded = new();

    /// <param name="name">What happened: <c>permission.denied</c>.</param>
    /// <param name="what">What was asked for: a method and a path's pattern, never a value.</param>
    /// <param name="needed">What would have been needed.</param>
    public async Task Note(Caller caller, string name, string what, string needed, CancellationToken ct)
    {
        // Somebody who works in no tenant is refused in none.
        if (caller.Tenant == TenantId.None)
        {
            return;
        }

        var repeats = folded.GetOrAdd((caller.Tenant, caller.Actor, name, what), _ => new Repeats());
        var now = clock.GetUtcNow();
        lock (repeats)
        {
            if (repeats.Since is { } since && now - since < Fold)
            {
                (repeats.Count, repeats.Last, repeats.Needed) = (repeats.Count + 1, caller, needed);
                return;
            }

            repeats.Since = now;
        }

        await Write(caller, name, what, needed, 0, ct);
    }

    /// <summary>Writes what was folded, of those whose minute is over.</summary>
    internal async Task Flush(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var (key, repeats) in folded)
        {
            (Caller? Last, string Needed, int Count) due;
            lock (repeats)
            {
                if (now - repeats.Since < Fold)
                {
                    continue;
                }

                due = (repeats.Last, repeats.Needed, repeats.Count);
                (repeats.Count, repeats.Since) = (0, due.Count > 0 ? now : null);
            }

            if (due is { Last: { } last, Count: > 0 })
            {
                await Write(last, key.Name, key.What, due.Needed, due.Count, ct);
            }
            else
            {
                folded.TryRemove(key, out _);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Fold, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await Flush(CancellationToken.None);
            }
            catch (Exception outage) when (outage is NpgsqlException or IOException or TimeoutException)
            {
                log.LogWarning(outage, "Refusals could not be put on the audit trail.");
            }
        }
    }

    private async Task Write(Caller caller, string name, string what, string needed, int repeated, CancellationToken ct) => await database.Write<int>(
        caller,
        async session =>
        {
            await Trail.Record(session, name, repeated == 0 ? new { what, needed } : new { what, needed, repeated });
            return 1;
        },
        ct);

    private sealed class Repeats
    {
        public DateTimeOffset? Since { get; set; }

        public int Count { get; set; }

        public Caller? Last { get; set; }

        public string Needed { get; set; } = "";
    }
}
