using Microsoft.AspNetCore.Http;

namespace OffGridFlow.Platform.Http;

/// <summary>A problem as RFC 9457 has it: <c>application/problem+json</c>, with our stable code and what to do.</summary>
public sealed class ProblemResponse(params IReadOnlyList<Problem> problems) : IResult
{
    public static int Status(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => StatusCodes.Status400BadRequest,
        ProblemKind.NotFound => StatusCodes.Status404NotFound,
        ProblemKind.Conflict => StatusCodes.Status409Conflict,
        ProblemKind.Stale => StatusCodes.Status412PreconditionFailed,
        ProblemKind.Forbidden => StatusCodes.Status403Forbidden,
    };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var first = problems[0];
        httpContext.Response.StatusCode = Status(first.Kind);
        return httpContext.Response.WriteAsJsonAsync(
            Body(first, httpContext, problems), Json.Options, "application/problem+json", httpContext.RequestAborted);
    }

    /// <summary>The document: type, title, status, detail, instance and our members.</summary>
    public static object Body(Problem first, HttpContext context, IReadOnlyList<Problem> problems) => new
    {
        Type = $"/docs/problems#{first.Code}",
        Title = first.Kind.ToString(),
        Status = Status(first.Kind),
        Detail = $"{first.Column}: found {first.Found}, expected {first.Expected}. {first.Fix}",
        Instance = context.Request.Path.Value,
        first.Code,
        RequestId = context.TraceIdentifier,
        Errors = problems.Select(problem => new { problem.Code, problem.Column, problem.Found, problem.Expected, problem.Fix }),
    };
}

/// <summary>From a slice's result to an HTTP answer.</summary>
public static class Answers
{
    public static IResult ToOk<T>(this Result<T> result) =>
        result.TryValue(out var value, out var problem) ? TypedResults.Json(value, Json.Options) : new ProblemResponse(problem);

    public static IResult ToCreated<T>(this Result<T> result, Func<T, string> path) => result.TryValue(out var value, out var problem)
        ? new Created<T>(path(value), value)
        : new ProblemResponse(problem);

    public static IResult ToAccepted<T>(this Result<T> result, Func<T, string> path) => result.TryValue(out var value, out var problem)
        ? new Created<T>(path(value), value, StatusCodes.Status202Accepted)
        : new ProblemResponse(problem);

    private sealed class Created<T>(string path, T value, int status = StatusCodes.Status201Created) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.Headers.Location = path;
            return httpContext.Response.WriteAsJsonAsync(value, Json.Options, httpContext.RequestAborted);
        }
    }
}
