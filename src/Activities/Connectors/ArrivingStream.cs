using OffGridFlow.Platform.Files;

namespace OffGridFlow.Activities.Connectors;

/// <summary>The connection broke off before the end of what was being sent, or it went on too slowly.</summary>
internal sealed class BrokenOffException(bool isSlow, Exception? cause = null) : Exception(isSlow ? "It came too slowly." : "It broke off.", cause)
{
    public bool IsSlow => isSlow;
}

/// <summary>
/// A body as it arrives: all of it, or a <see cref="BrokenOffException"/>. No pause is longer than half a minute; after two minutes it comes at 100 kB a second or more,
/// and after two hours it is over: nobody holds a worker for longer.
/// </summary>
internal sealed class ArrivingStream(Stream inner, long? length, TimeProvider time) : ForwardStream
{
    private const double LeastBytesPerSecond = 100_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Free = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    private readonly long began = time.GetTimestamp();

    /// <summary>Bytes so far.</summary>
    public long Arrived { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var pause = new CancellationTokenSource(Pause, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, pause.Token);
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, end.Token);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw new BrokenOffException(isSlow: false, broken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BrokenOffException(isSlow: true);
        }

        Arrived += read;
        if (read == 0 && length is { } said && Arrived != said)
        {
            throw new BrokenOffException(isSlow: false);
        }

        var elapsed = time.GetElapsedTime(began);
        return elapsed > Longest || (elapsed > Free && Arrived < (elapsed - Free).TotalSeconds * LeastBytesPerSecond) ? throw new BrokenOffException(isSlow: true) : read;
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
