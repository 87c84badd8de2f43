namespace OffGridFlow.Platform.Messaging;

/// <summary>How often a failing job is tried, and how long it waits in between: exponential backoff with full jitter.</summary>
/// <param name="Most">Failures in a row until it goes to the dead letters. Work saved in between starts the count again.</param>
/// <param name="First">The longest wait after the first failure; it doubles with each one more.</param>
/// <param name="Longest">No wait is longer.</param>
public sealed record RetryPolicy(int Most, TimeSpan First, TimeSpan Longest)
{
    public static RetryPolicy Default { get; } = new(8, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10));

    /// <summary>How long to wait after so many failures in a row.</summary>
    /// <param name="failures">1 or more.</param>
    /// <param name="draw">Evenly drawn from 0 to 1: jobs that failed together must not come back together.</param>
    public TimeSpan Wait(int failures, double draw)
    {
        // 2^40 times anything is longer than the longest.
        var ceiling = Math.Min(First.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 40)), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(ceiling * draw);
    }
}
