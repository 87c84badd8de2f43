namespace OffGridFlow.Platform;

/// <summary>What sort of failure a problem is: decides the HTTP status.</summary>
public enum ProblemKind
{
    /// <summary>The input is wrong: 400.</summary>
    Invalid,

    /// <summary>There is no such thing, or it belongs to another tenant: 404.</summary>
    NotFound,

    /// <summary>It contradicts what is there: 409.</summary>
    Conflict,

    /// <summary>It has changed since it was read: 412.</summary>
    Stale,

    /// <summary>The caller may not: 403.</summary>
    Forbidden,

    /// <summary>Nobody knows who calls: 401.</summary>
    Unauthenticated,

    /// <summary>There is no such method on this path: 405.</summary>
    MethodNotAllowed,

    /// <summary>No answer in a form the client accepts: 406.</summary>
    NotAcceptable,

    /// <summary>The request came too slowly: 408.</summary>
    TooSlow,

    /// <summary>Another region's node answers it: 421.</summary>
    Elsewhere,

    /// <summary>The body is larger than what is taken: 413.</summary>
    TooLarge,

    /// <summary>The body is in a form that is not taken: 415.</summary>
    UnsupportedMedia,

    /// <summary>The key of an earlier request came with another request: 422.</summary>
    Unprocessable,

    /// <summary>The request must say which version it is about: 428.</summary>
    PreconditionRequired,

    /// <summary>Too many requests in too short a time: 429.</summary>
    TooMany,

    /// <summary>Our own fault: 500.</summary>
    Fault,

    /// <summary>Something that is needed is away for now: 503.</summary>
    Unavailable,
}

/// <summary>Why something could not be used, said so that a person can mend it.</summary>
/// <param name="Code">Stable: <c>unit.unknown</c>.</param>
/// <param name="Column">The column or field at fault.</param>
/// <param name="Found">What stood there.</param>
/// <param name="Expected">What would have been right.</param>
/// <param name="Fix">What to do.</param>
public sealed record Problem(string Code, string Column, string Found, string Expected, string Fix)
{
    public ProblemKind Kind { get; init; }

    /// <summary>When to try again; null: it makes no difference.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What else is wrong with the same input, so that one correction mends all of it.</summary>
    public IReadOnlyList<Problem> Also { get; init; } = [];

    /// <summary>One problem for all that were found, in their order; null when none was.</summary>
    public static Problem? All(params ReadOnlySpan<Problem?> found)
    {
        var problems = new List<Problem>();
        foreach (var problem in found)
        {
            if (problem is not null)
            {
                problems.Add(problem);
            }
        }

        return problems.Count == 0 ? null : problems[0] with { Also = [.. problems.Skip(1)] };
    }

    /// <summary>Nothing of the tenant has that id.</summary>
    public static Problem NotFound(string noun, string id) =>
        new($"{noun}.not-found", "id", id, $"the id of a {noun} of this tenant", $"List them to find the right id.") { Kind = ProblemKind.NotFound };
}
