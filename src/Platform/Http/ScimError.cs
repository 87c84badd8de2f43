using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OffGridFlow.Platform.Http;

/// <summary>A failure as directories read it: RFC 7644, 3.12.</summary>
public static class ScimError
{
    /// <summary>Where failures are of this form.</summary>
    public const string Root = "/scim";

    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:Error";

    private const string Ours = "scim.";

    // Those of RFC 7644, table 9.
    private static readonly string[] Types = ["invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget", "invalidValue", "invalidVers", "sensitive"];

    internal static Task Write(HttpContext context, Problem problem)
    {
        var body = new JsonObject { ["schemas"] = new JsonArray(Schema) };
        if (TypeOf(problem) is { } type)
        {
            body["scimType"] = type;
        }

        body["detail"] = $"{problem.Column}: found {(problem.Found.Length == 0 ? "nothing" : problem.Found)}, expected {problem.Expected}. {problem.Fix}";
        body["status"] = ProblemResponse.Status(problem.Kind).ToString(CultureInfo.InvariantCulture);
        context.Response.ContentType = "application/scim+json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    // scim.invalid-filter: invalidFilter.
    private static string? TypeOf(Problem problem)
    {
        if (!problem.Code.StartsWith(Ours, StringComparison.Ordinal))
        {
            return problem.Code is "body.unreadable" or "text.half-character" or "text.control-character" ? "invalidSyntax" : null;
        }

        var words = problem.Code[Ours.Length..].Split('-');
        var type = words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return Types.Contains(type, StringComparer.Ordinal) ? type : null;
    }
}
