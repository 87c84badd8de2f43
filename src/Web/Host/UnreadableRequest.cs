using System.Text.Json;
using System.Text.RegularExpressions;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.Web.Host;

/// <summary>Says what is wrong with a request that could not be bound to its endpoint's parameters.</summary>
internal static partial class UnreadableRequest
{
    public static Problem Describe(HttpContext context, BadHttpRequestException bad)
    {
        for (Exception? inner = bad; inner is not null; inner = inner.InnerException)
        {
            if (inner is JsonException wrong)
            {
                return Describe(wrong);
            }
        }

        return bad.StatusCode switch
        {
            StatusCodes.Status408RequestTimeout => TooSlow(),
            StatusCodes.Status413PayloadTooLarge => TooLarge(context),
            StatusCodes.Status415UnsupportedMediaType => WrongMedia(context),
            _ => Parameter(bad.Message),
        };
    }

    /// <summary>Names the field by its path and where the body breaks.</summary>
    public static Problem Describe(JsonException wrong)
    {
        var field = wrong.Path is { Length: > 0 } path and not "$" ? path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path : "body";
        var line = wrong.LineNumber is { } number ? $" on line {number + 1}" : "";
        if (Unmapped().Match(wrong.Message) is { Success: true } unmapped)
        {
            return new Problem("field.unknown", unmapped.Groups["name"].Value, $"an unknown field{line}", "the fields of the documentation", "Correct its name, or take it out.");
        }

        if (Missing().Match(wrong.Message) is { Success: true } missing)
        {
            return new Problem("field.missing", missing.Groups["name"].Value.Replace("'", "", StringComparison.Ordinal), "", "a value", "Add the field.");
        }

        // A reader's exception within says that the text as such is not JSON; without one, a value is not what the field takes.
        var isText = wrong.InnerException is JsonException || wrong.GetType() != typeof(JsonException) || wrong.Message.StartsWith("Duplicate", StringComparison.Ordinal);
        return isText
            ? new Problem("body.unreadable", field, $"text that is not JSON as documented{line}", "one JSON document in UTF-8, each field once", "Correct the body.")
            : new Problem("field.type", field, $"a value of another type{line}", "a value of the documented type", "Correct the field.");
    }

    public static Problem TooLarge(HttpContext context) => new(
        "body.too-large",
        "body",
        context.Request.ContentLength is { } length ? $"{length} bytes" : "more than is taken",
        $"at most {context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize} bytes",
        "Send it in parts, or as a file to /api/v1/imports.") { Kind = ProblemKind.TooLarge };

    public static Problem TooSlow() => new("body.too-slow", "body", "less than a kilobyte a second", "a body that comes faster", "Send it again, in parts if the line is slow: /api/v1/uploads takes them.") { Kind = ProblemKind.TooSlow };

    public static Problem WrongMedia(HttpContext context) => new(
        "body.media-type", "Content-Type", context.Request.ContentType ?? "", "a media type of the documentation, application/json for most", "Send the body in that form, and say so in Content-Type.") { Kind = ProblemKind.UnsupportedMedia };

    // Failed to bind parameter "int limit" from "x". / Required parameter "string name" was not provided from query string.
    private static Problem Parameter(string message)
    {
        if (Unbound().Match(message) is { Success: true } unbound)
        {
            return new Problem("parameter.unreadable", unbound.Groups["name"].Value, unbound.Groups["value"].Value, Form(unbound.Groups["type"].Value), "Correct the parameter.");
        }

        if (Unsent().Match(message) is { Success: true } unsent)
        {
            return unsent.Groups["where"].Value.Contains("body", StringComparison.Ordinal)
                ? new Problem("body.missing", "body", "", "a JSON document", "Send a body with Content-Type: application/json.")
                : new Problem("parameter.missing", unsent.Groups["name"].Value, "", Form(unsent.Groups["type"].Value), "Add the parameter.");
        }

        return message.Contains("body", StringComparison.Ordinal)
            ? new Problem("body.missing", "body", "", "a JSON document", "Send a body with Content-Type: application/json.")
            : new Problem("request.unreadable", "request", "a request that cannot be read", "one as /docs has it", "Correct the request.");
    }

    private static string Form(string type) => type.TrimEnd('?') switch
    {
        "DateOnly" or "Nullable<DateOnly>" => "a day such as 2025-01-31",
        "DateTimeOffset" or "Nullable<DateTimeOffset>" => "an instant such as 2025-01-31T09:30:00Z",
        "Guid" or "Nullable<Guid>" => "an id such as 01938c2e-7a4b-7c31-9d5e-2f60a1b3c4d5",
        "int" or "long" or "Nullable<int>" or "Nullable<long>" => "a whole number",
        "bool" or "Nullable<bool>" => "true or false",
        "decimal" or "Nullable<decimal>" => "a decimal such as 12.5",
        _ => "a value as documented",
    };

    [GeneratedRegex("^The JSON property '(?<name>[^']*)' could not be mapped", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unmapped();

    [GeneratedRegex("missing required properties including: (?<name>'[^.]*)\\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Missing();

    [GeneratedRegex("^Failed to bind parameter \"(?<type>.*) (?<name>[^ ]*)\" from \"(?<value>.*)\"\\.$", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Unbound();

    [GeneratedRegex("^Required parameter \"(?<type>.*) (?<name>[^ ]*)\" was not provided from (?<where>.*)\\.$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unsent();
}
