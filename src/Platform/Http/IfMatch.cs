using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace OffGridFlow.Platform.Http;

/// <summary>
/// Which version a change is about: the header <c>If-Match</c>. An endpoint that takes it is not reached without the header (428);
/// <c>*</c> stands for any version.
/// </summary>
/// <param name="Version">The version, or null for any.</param>
public sealed record IfMatch(int? Version) : IEndpointParameterMetadataProvider
{
    /// <summary>Any version: for callers within the program.</summary>
    public static IfMatch Any { get; } = new((int?)null);

    public static ValueTask<IfMatch> BindAsync(HttpContext context)
    {
        var text = context.Request.Headers.IfMatch.ToString().Trim();
        if (text.Length == 0)
        {
            throw new BadRequestException(new Problem("version.required", "If-Match", "", "the ETag of the version you have read", "Read it first and send its ETag as If-Match.") { Kind = ProblemKind.PreconditionRequired });
        }

        var number = text.Length > 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : null;
        return text == "*" ? new(Any)
            : int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? new(new IfMatch(version))
            : throw new BadRequestException(new Problem("version.unreadable", "If-Match", text, "one ETag such as \"3\", or *", "Send the ETag of the answer you have read."));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new NeedsIfMatch());

    /// <summary>Null when the version is the one that is there now, else the problem.</summary>
    public Problem? Check(int now) => Version is null || Version == now
        ? null
        : new Problem("version.stale", "If-Match", Answers.ETag(Version.Value), Answers.ETag(now), "Somebody changed it meanwhile: read it again, and repeat your change on what you find.") { Kind = ProblemKind.Stale };
}

/// <summary>On an endpoint: it takes the header <c>If-Match</c>.</summary>
public sealed record NeedsIfMatch;
