namespace OffGridFlow.App.Tests.Support;

/// <summary>A clock that a test moves by hand.</summary>
internal sealed class StopWatch : TimeProvider
{
    /// <summary>Since it began.</summary>
    public TimeSpan Elapsed { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;
}
