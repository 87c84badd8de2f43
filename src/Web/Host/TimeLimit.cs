using OffGridFlow.Platform.Http;

namespace OffGridFlow.Web.Host;

/// <summary>
/// Ends what takes too long: its work is given up, what it began in the database is undone, and the client hears so. An endpoint that carries a file or a stream says that it
/// takes its time (<see cref="TakesItsTime"/>): there the server's limits on slow clients hold.
/// </summary>
internal sealed class TimeLimit(RequestDelegate next, HostSettings settings)
{
    public async Task Invoke(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<TakesItsTime>() is not null)
        {
            await next(context);
            return;
        }

        var client = context.RequestAborted;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(client);
        limit.CancelAfter(settings.LongestRequest);
        context.Features.Set(new RequestTime(limit));
        context.RequestAborted = limit.Token;
        try
        {
            await next(context);
        }
        catch (Exception) when (limit.IsCancellationRequested && !client.IsCancellationRequested && !context.Response.HasStarted)
        {
            context.RequestAborted = client;
            await Failures.Answer(context, new Problem(
                "request.too-long", "request", FormattableString.Invariant($"more than {settings.LongestRequest.TotalSeconds:0.###} seconds"), "an answer within them",
                "Nothing was changed. Ask for less at a time, or have it done by a job.") { Kind = ProblemKind.Unavailable, RetryAfter = TimeSpan.FromSeconds(5) });
        }
        finally
        {
            context.RequestAborted = client;
            context.Features.Set<RequestTime>(null);
        }
    }
}
