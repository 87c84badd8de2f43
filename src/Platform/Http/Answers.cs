using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Builder;

namespace OffGridFlow.Platform.Http;

/// <summary>A thing whose changes are counted: its answers carry the count as ETag.</summary>
public interface IVersioned
{
    /// <summary>1, and one more with each change.</summary>
    int Version { get; }
}

/// <summary>From a slice's result to an HTTP answer. The query parameter <c>fields</c> keeps only the fields it names.</summary>
public static class Answers
{
    /// <summary>200, with an ETag when the value is <see cref="IVersioned"/>; 304 when <c>If-None-Match</c> names it.</summary>
    public static IResult ToOk<T>(this Result<T> result) => To(result, StatusCodes.Status200OK, null);

    /// <summary>200, as above.</summary>
    public static IResult ToOk<T>(this Page<T> page) => new Answer<Page<T>>(page, StatusCodes.Status200OK, null);

    /// <summary>201 with the new thing and its path.</summary>
    public static IResult ToCreated<T>(this Result<T> result, Func<T, string> path) => To(result, StatusCodes.Status201Created, path);

    /// <summary>202: it is being done; the path says where to look.</summary>
    public static IResult ToAccepted<T>(this Result<T> result, Func<T, string> path) => To(result, StatusCodes.Status202Accepted, path);

    /// <summary>204: done, nothing to say.</summary>
    public static IResult ToNoContent<T>(this Result<T> result) =>
        result.Problem is { } problem ? new ProblemResponse(problem) : TypedResults.NoContent();

    /// <summary>The version as an ETag: <c>"3"</c>.</summary>
    public static string ETag(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    private static IResult To<T>(Result<T> result, int status, Func<T, string>? path) => result.TryValue(out var value, out var problem)
        ? new Answer<T>(value, status, path?.Invoke(value))
        : new ProblemResponse(problem);

    private sealed class Answer<T>(T value, int status, string? path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            if (value is IVersioned versioned)
            {
                var tag = ETag(versioned.Version);
                response.Headers.ETag = tag;
                if (status == StatusCodes.Status200OK && HttpMethods.IsGet(httpContext.Request.Method)
                    && httpContext.Request.Headers.IfNoneMatch.Any(header => header is "*" || (header?.Split(',', StringSplitOptions.TrimEntries).Contains(tag, StringComparer.Ordinal) ?? false)))
                {
                    response.StatusCode = StatusCodes.Status304NotModified;
                    return Task.CompletedTask;
                }
            }

            response.StatusCode = status;
            response.Headers.Location = path;
            return SparseFields.Asked(httpContext) is { } fields
                ? SparseFields.Write(response, value, fields)
                : response.WriteAsJsonAsync(value, Json.Options, httpContext.RequestAborted);
        }
    }
}

/// <summary><c>fields=code,name</c>: only these of the answer's fields (of its items, in a list). Offered by every GET that answers with JSON.</summary>
internal static class SparseFields
{
    public const string Parameter = "fields";

    /// <summary>The fields asked for, or null for all.</summary>
    public static string[]? Asked(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.Request.Query.TryGetValue(Parameter, out var text)
            ? text.SelectMany(part => part?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? []).Distinct(StringComparer.Ordinal).ToArray()
            : null;

    public static Task Write<T>(HttpResponse response, T value, string[] fields)
    {
        var isPage = typeof(T) is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Page<>);
        var item = isPage ? typeof(T).GetGenericArguments()[0] : typeof(T);
        var known = Json.Options.GetTypeInfo(item).Properties.Select(property => property.Name).ToList();
        if (fields.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            return new ProblemResponse(new Problem("field.unknown", Parameter, unknown, string.Join(", ", known), "Name fields of the answer, with commas between.")).ExecuteAsync(response.HttpContext);
        }

        var node = System.Text.Json.JsonSerializer.SerializeToNode(value, Json.Options)!;
        foreach (var whole in isPage ? node["items"]!.AsArray() : [node])
        {
            foreach (var name in whole!.AsObject().Select(field => field.Key).Except(fields, StringComparer.Ordinal).ToList())
            {
                whole.AsObject().Remove(name);
            }
        }

        return response.WriteAsJsonAsync(node, Json.Options, response.HttpContext.RequestAborted);
    }
}
