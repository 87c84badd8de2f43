using System.Collections.Concurrent;
using System.Globalization;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Host;

/// <summary>
/// Logs requests that are refused: what is not understood, not allowed, not there, or too much. The first of its sort within a minute is logged at once; those that repeat
/// it are counted in the next, so that nobody fills the log by being refused. Values stay out of it: an endpoint is named by its pattern.
/// </summary>
internal sealed partial class RefusalLog(RequestDelegate next, TimeProvider clock, ILogger<RefusalLog> log)
{
    // More sorts than this within a minute are one.
    private const int Most = 1000;

    private static readonly TimeSpan Fold = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Who, string What, string Code), Repeats> folded = new();
    private long begun = clock.GetTimestamp();

    public async Task Invoke(HttpContext context)
    {
        await next(context);
        if (context.Response.StatusCode is >= 400 and < 499 && log.IsEnabled(LogLevel.Information))
        {
            Note(context);
        }
    }

    private void Note(HttpContext context)
    {
        if (clock.GetElapsedTime(Interlocked.Read(ref begun)) >= Fold)
        {
            Begin();
        }

        var address = context.Connection.RemoteIpAddress?.ToString() ?? "nowhere";
        var who = context.Features.Get<Caller>()?.Actor ?? "a stranger";
        var what = $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "an unknown path"}";
        var code = context.Features.Get<Problem>()?.Code ?? context.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
        var sort = (Who: $"{who}, {address}", What: what, Code: code);
        if (!folded.ContainsKey(sort) && folded.Count >= Most)
        {
            sort = ("many", "many", "many");
        }

        if (Interlocked.Increment(ref folded.GetOrAdd(sort, _ => new Repeats()).Count) == 1)
        {
            LogRefused(log, context.TraceIdentifier, sort.What, context.Response.StatusCode, sort.Code, who, address);
        }
    }

    // A minute begins: what was repeated in the one before is said.
    private void Begin()
    {
        Interlocked.Exchange(ref begun, clock.GetTimestamp());
        foreach (var (sort, repeats) in folded)
        {
            if (folded.TryRemove(sort, out _) && Volatile.Read(ref repeats.Count) is > 1 and var count)
            {
                LogRepeated(log, sort.What, sort.Code, sort.Who, count - 1);
            }
        }
    }

    private sealed class Repeats
    {
        public int Count;
    }

    [LoggerMessage(LogLevel.Information, "Request {RequestId}, {What}: refused, {Status} {Code}, {Who} at {Address}.")]
    private static partial void LogRefused(ILogger log, string requestId, string what, int status, string code, string who, string address);

    [LoggerMessage(LogLevel.Information, "{What}: refused, {Code}, {Who}, {Count} times more within a minute.")]
    private static partial void LogRepeated(ILogger log, string what, string code, string who, int count);
}
