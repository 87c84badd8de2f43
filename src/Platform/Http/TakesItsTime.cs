using Microsoft.AspNetCore.Builder;

namespace OffGridFlow.Platform.Http;

/// <summary>On an endpoint that carries a file or a stream: it lasts as long as there is something to carry.</summary>
public sealed record TakesItsTime;

/// <summary>The time a request may take.</summary>
/// <param name="Limit">Ends it.</param>
public sealed record RequestTime(CancellationTokenSource Limit)
{
    /// <summary>It has turned out to carry a stream.</summary>
    public void Lift() => Limit.CancelAfter(Timeout.InfiniteTimeSpan);
}

/// <summary>Declares it.</summary>
public static class TimeLimits
{
    public static T TakingItsTime<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new TakesItsTime());
}
