namespace OffGridFlow.Platform.Postgres;

/// <summary>
/// Answers many who ask the same of the database at the same moment with one reading. Nobody is answered by a reading that began before
/// they asked, so that everyone sees what they have written themselves; two hundred at once cost two readings instead of two hundred.
/// </summary>
public sealed class SharedRead<T>
{
    private readonly Lock gate = new();
    private Task<T>? running;
    private Task<T>? next;

    /// <param name="read">Reads anew; it must not depend on who asks.</param>
    /// <param name="ct">Stops waiting, not the reading: others wait for it as well.</param>
    public Task<T> Ask(Func<Task<T>> read, CancellationToken ct)
    {
        lock (gate)
        {
            if (next is not null)
            {
                return next.WaitAsync(ct);
            }

            if (running is { IsCompleted: false } before)
            {
                return (next = After(before, read)).WaitAsync(ct);
            }

            return (running = read()).WaitAsync(ct);
        }
    }

    private async Task<T> After(Task before, Func<Task<T>> read)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (gate)
        {
            // Who comes from now on waits for the one after.
            (running, next) = (next, null);
        }

        return await read();
    }
}
