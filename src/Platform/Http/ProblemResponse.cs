using Microsoft.AspNetCore.Http;

namespace OffGridFlow.Platform.Http;

/// <summary>A problem as RFC 9457 has it: <c>application/problem+json</c>, with our stable code and what to do.</summary>
public sealed class ProblemResponse(params IReadOnlyList<Problem> problems) : IResult
{
    public const string MediaType = "application/problem+json";

    public static int Status(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => StatusCodes.Status400BadRequest,
        ProblemKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        ProblemKind.Forbidden => StatusCodes.Status403Forbidden,
        ProblemKind.NotFound => StatusCodes.Status404NotFound,
        ProblemKind.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        ProblemKind.NotAcceptable => StatusCodes.Status406NotAcceptable,
        ProblemKind.TooSlow => StatusCodes.Status408RequestTimeout,
        ProblemKind.Conflict => StatusCodes.Status409Conflict,
        ProblemKind.Stale => StatusCodes.Status412PreconditionFailed,
        ProblemKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ProblemKind.UnsupportedMedia => StatusCodes.Status415UnsupportedMediaType,
        ProblemKind.Elsewhere => StatusCodes.Status421MisdirectedRequest,
        ProblemKind.Unprocessable => StatusCodes.Status422UnprocessableEntity,
        ProblemKind.PreconditionRequired => StatusCodes.Status428PreconditionRequired,
        ProblemKind.TooMany => StatusCodes.Status429TooManyRequests,
        ProblemKind.Fault => StatusCodes.Status500InternalServerError,
        ProblemKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
    };

    /// <summary>The kind in words: the same for all problems of one kind.</summary>
    public static string Title(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => "The request is not right",
        ProblemKind.Unauthenticated => "An API key or a sign-in is needed",
        ProblemKind.Forbidden => "This is not allowed",
        ProblemKind.NotFound => "There is no such thing",
        ProblemKind.MethodNotAllowed => "There is no such method here",
        ProblemKind.NotAcceptable => "No answer in an accepted form",
        ProblemKind.TooSlow => "The request came too slowly",
        ProblemKind.Conflict => "It contradicts what is there",
        ProblemKind.Stale => "It has changed since it was read",
        ProblemKind.TooLarge => "The request is too large",
        ProblemKind.UnsupportedMedia => "The body's form is not understood",
        ProblemKind.Elsewhere => "It is in another region",
        ProblemKind.Unprocessable => "The request cannot be done as it is",
        ProblemKind.PreconditionRequired => "The version must be named",
        ProblemKind.TooMany => "Too many requests",
        ProblemKind.Fault => "A fault on our side",
        ProblemKind.Unavailable => "Not available for now",
    };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var first = problems[0];
        httpContext.Features.Set(first); // For the log.
        httpContext.Response.StatusCode = Status(first.Kind);
        if (first.RetryAfter is { } wait)
        {
            httpContext.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (httpContext.Request.Path.StartsWithSegments(ScimError.Root, StringComparison.Ordinal))
        {
            return ScimError.Write(httpContext, first);
        }

        return httpContext.Response.WriteAsJsonAsync(Body(first, httpContext, problems), Json.Options, MediaType, httpContext.RequestAborted);
    }

    /// <summary>The document: type, title, status, detail, instance and our members.</summary>
    public static ProblemDocument Body(Problem first, HttpContext context, IReadOnlyList<Problem> problems) => new(
        $"/docs/problems#{first.Code}",
        Title(first.Kind),
        Status(first.Kind),
        $"{first.Column}: found {(first.Found.Length == 0 ? "nothing" : first.Found)}, expected {first.Expected}. {first.Fix}",
        context.Request.Path.Value ?? "",
        first.Code,
        context.TraceIdentifier,
        problems.SelectMany(problem => (Problem[])[problem, .. problem.Also]).Select(problem => new ProblemDetail(problem.Code, problem.Column, problem.Found, problem.Expected, problem.Fix)).ToList());
}

/// <summary>A failure as RFC 9457 has it.</summary>
/// <param name="Type">Where the problem is described.</param>
/// <param name="Title">What kind of failure it is.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What happened and what to do, in words.</param>
/// <param name="Instance">The path that was asked for.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="RequestId">To be named when asking for help.</param>
/// <param name="Errors">Each thing that is wrong.</param>
public sealed record ProblemDocument(
    string Type, string Title, int Status, string Detail, string Instance, string Code, string RequestId, IReadOnlyList<ProblemDetail> Errors);

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Column">The field, parameter, header or column at fault.</param>
/// <param name="Found">What stood there.</param>
/// <param name="Expected">What would have been right.</param>
/// <param name="Fix">What to do.</param>
public sealed record ProblemDetail(string Code, string Column, string Found, string Expected, string Fix);

/// <summary>
/// A request that cannot be read: thrown while an endpoint's parameters are bound, where there is no result to return yet, and
/// answered with its problem. Slices return problems instead.
/// </summary>
public sealed class BadRequestException(Problem problem)
    : BadHttpRequestException($"{problem.Code}: {problem.Found}", ProblemResponse.Status(problem.Kind))
{
    public Problem Problem => problem;
}
