using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Web.Pages;

namespace OffGridFlow.Web.Host;

/// <summary>Answers everything that goes wrong with an RFC 9457 problem: what a handler throws, and what ends without a body.</summary>
internal sealed partial class Failures(RequestDelegate next, ILogger<Failures> log)
{
    // How System.Text.Json marks what it throws for "\ud800" when the text is taken out of an element later on.
    private const string HalfACharacter = "System.Text.Json.Rethrowable";

    public async Task Invoke(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response.StatusCode >= 400 && context.Response is { ContentType: null, ContentLength: null or 0 })
            {
                await Answer(context, OfStatus(context));
            }
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return;
            }

            await Answer(context, OfException(context, fault));
        }
    }

    /// <summary>Whether somebody reads the answer in a browser's window: a page of ours was asked for, by following a link.</summary>
    public static bool IsForAPerson(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && !context.Request.Path.StartsWithSegments(ScimError.Root, StringComparison.Ordinal)
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    /// <summary>A problem, as a page where a person asked for one.</summary>
    public static Task Answer(HttpContext context, Problem problem)
    {
        context.Response.Headers.ETag = default;
        if (IsForAPerson(context) && !PageAnswer.IsPart(context))
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Features.Set(problem);
            return new RazorComponentResult<FailurePage>(new { Problem = problem, Path = context.Request.Path.Value ?? "", RequestId = context.TraceIdentifier })
            {
                StatusCode = ProblemResponse.Status(problem.Kind),
            }.ExecuteAsync(context);
        }

        return new ProblemResponse(problem).ExecuteAsync(context);
    }

    private Problem OfException(HttpContext context, Exception fault)
    {
        switch (fault)
        {
            case BadRequestException bad:
                return bad.Problem;
            case BadHttpRequestException bad:
                return UnreadableRequest.Describe(context, bad);
            case JsonException wrong:
                return UnreadableRequest.Describe(wrong);
            case InvalidOperationException { Source: HalfACharacter }:
                return new Problem("text.half-character", "body", "half of a surrogate pair", "whole characters", "Correct the escape: \\ud83d stands before \\ude00, never alone.");
            case PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or "22P05" }:
                return new Problem("text.control-character", "body", "a character no text can hold", "text without U+0000", "Take the character out.");
            case NpgsqlException { IsTransient: true } or NpgsqlException { InnerException: IOException or System.Net.Sockets.SocketException or TimeoutException }:
                LogAway(log, context.TraceIdentifier, fault);
                context.Response.Headers.RetryAfter = "5";
                return new Problem("database.away", "request", "a database that does not answer", "one that does", "Try again in a moment.") { Kind = ProblemKind.Unavailable };
            case FileStoreException store:
                LogStore(log, context.TraceIdentifier, fault);
                context.Response.Headers.RetryAfter = "5";
                return store.Problem;
            case IOException when FileStore.IsFull(fault):
                LogFull(log, context.TraceIdentifier, fault);
                context.Response.Headers.RetryAfter = "60";
                return new Problem("storage.full", "request", "a disk with no room left", "room for what was sent", "Make room where the server keeps its files, then send it again: nothing of it was kept.") { Kind = ProblemKind.Unavailable };
            default:
                LogFault(log, context.TraceIdentifier, context.Request.Method, context.Request.Path, fault);
                return new Problem("fault", "request", "something we did not expect", "an answer", $"Tell us the request id, {context.TraceIdentifier}.") { Kind = ProblemKind.Fault };
        }
    }

    private static Problem OfStatus(HttpContext context)
    {
        var request = context.Request;
        return context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => new Problem("path.unknown", "path", request.Path, "a path of /docs", "Correct the path: ids are UUIDs.") { Kind = ProblemKind.NotFound },
            StatusCodes.Status405MethodNotAllowed => new Problem("method.not-allowed", "method", request.Method, context.Response.Headers.Allow.ToString(), "Use another method.") { Kind = ProblemKind.MethodNotAllowed },
            StatusCodes.Status406NotAcceptable => new Problem("accept.not-acceptable", "Accept", request.Headers.Accept.ToString(), "application/json", "Accept JSON.") { Kind = ProblemKind.NotAcceptable },
            StatusCodes.Status408RequestTimeout => UnreadableRequest.TooSlow(),
            StatusCodes.Status413PayloadTooLarge => UnreadableRequest.TooLarge(context),
            StatusCodes.Status415UnsupportedMediaType => UnreadableRequest.WrongMedia(context),
            StatusCodes.Status401Unauthorized => new Problem("key.missing", "Authorization", "", "Bearer and an API key or an access token", "Send 'Authorization: Bearer ogf_live_…'.") { Kind = ProblemKind.Unauthenticated },
            StatusCodes.Status403Forbidden => new Problem("forbidden", "request", request.Path, "something the key may do", "Use another key.") { Kind = ProblemKind.Forbidden },
            >= 500 => new Problem("fault", "request", "something we did not expect", "an answer", $"Tell us the request id, {context.TraceIdentifier}.") { Kind = ProblemKind.Fault },
            _ => new Problem("request.unreadable", "request", "a request that cannot be read", "one as /docs has it", "Correct the request."),
        };
    }

    [LoggerMessage(LogLevel.Error, "Request {RequestId}, {Method} {Path}: unhandled.")]
    private static partial void LogFault(ILogger log, string requestId, string method, string path, Exception fault);

    [LoggerMessage(LogLevel.Error, "Request {RequestId}: the disk is full.")]
    private static partial void LogFull(ILogger log, string requestId, Exception fault);

    [LoggerMessage(LogLevel.Error, "Request {RequestId}: the file store cannot be used.")]
    private static partial void LogStore(ILogger log, string requestId, Exception fault);

    [LoggerMessage(LogLevel.Warning, "Request {RequestId}: the database is away.")]
    private static partial void LogAway(ILogger log, string requestId, Exception fault);
}
