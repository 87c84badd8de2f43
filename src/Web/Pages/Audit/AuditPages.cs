using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Audit;

/// <summary>What is searched for, as the form has it.</summary>
public sealed record AuditFilter(string? Text, string? Table, string? Operation, string? Actor, string? From, string? To)
{
    /// <summary>The page of a search.</summary>
    public string Href(string? cursor) => Path("/audit", cursor);

    /// <summary>The same search, to be taken out.</summary>
    public string Export(string format) => Path("/api/v1/audit/export", null) is var path ? $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}format={format}" : "";

    /// <summary>As the API takes it.</summary>
    public Dictionary<string, StringValues> Query() => new(
        new (string Name, string? Value)[] { ("table", Table), ("operation", Operation), ("actor", Actor), ("at_from", From), ("at_to", To is { } day ? $"{day}T23:59:59.999999Z" : null) }
            .Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Name, new StringValues(field.Value))), StringComparer.Ordinal);

    private string Path(string path, string? cursor)
    {
        var isPage = path == "/audit";
        var fields = isPage
            ? [("text", Text), ("table", Table), ("operation", Operation), ("actor", Actor), ("from", From), ("to", To), ("cursor", cursor)]
            : Query().Select(field => (field.Key, (string?)field.Value.ToString())).Append(("text", Text));
        var query = string.Join('&', fields.Where(field => !string.IsNullOrEmpty(field.Item2)).Select(field => $"{field.Item1}={Uri.EscapeDataString(field.Item2!)}"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }
}

/// <summary>A field before and after.</summary>
internal sealed record AuditField(string Name, string? Old, string? New)
{
    public bool IsChanged => Old != New;

    /// <summary>Those that changed first.</summary>
    public static IReadOnlyList<AuditField> Of(TrailRow row)
    {
        var (old, now) = (row.OldValues, row.NewValues);
        return [.. (old ?? []).Select(field => field.Key).Concat((now ?? []).Select(field => field.Key)).Distinct(StringComparer.Ordinal)
            .Select(name => new AuditField(name, Text(old?[name]), Text(now?[name]))).OrderBy(field => !field.IsChanged)];
    }

    private static string? Text(JsonNode? value) => value switch { null => null, JsonValue plain => plain.ToString(), _ => value.ToJsonString(Json.Options) };
}

/// <summary>Who did it, as people call them.</summary>
/// <param name="Names">Of members and keys, by how the trail calls them.</param>
public sealed record AuditNames(IReadOnlyDictionary<string, string> Names)
{
    internal static async Task<AuditNames> All(Session session, TimeProvider clock) => new(
        (await ListMembers.All(session, clock)).Select(member => ($"user:{member.UserId}", member.Name))
            .Concat((await ListApiKeys.All(session)).Select(key => ($"key:{key.ApiKeyId}", $"the key {key.Name}")))
            .ToDictionary(one => one.Item1, one => one.Item2, StringComparer.Ordinal));

    public string Of(string actor) => Names.GetValueOrDefault(actor) ?? actor.Split(':')[0] switch
    {
        "user" => "somebody who is no member",
        "key" => "a key",
        "job" => "a job",
        "cli" => "the operator",
        "system" => "the program",
        _ => actor,
    };
}

/// <summary><c>/audit</c>: who did what. A row opens to its values before and after.</summary>
internal static class AuditPages
{
    private const int Lines = 50;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/audit", List);
        pages.MapGet("/audit/{id:guid}", One);
    }

    private static async Task<IResult> List(
        HttpContext context, Caller caller, Database database, TimeProvider clock, string? text, string? table, string? operation, string? actor, string? from, string? to, string? cursor, CancellationToken ct)
    {
        var filter = new AuditFilter(Said(text), Said(table), Said(operation), Said(actor), Day(from), Day(to));
        var query = filter.Query();
        query[ListQuery.Limit] = Lines.ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(cursor))
        {
            query[ListQuery.Cursor] = cursor;
        }

        var (organization, names, page) = await database.Read(
            caller,
            async session => ((await OrganizationQueries.Tenant(session)).Name, await AuditNames.All(session, clock), await ReadTrail.Search(ReadTrail.Query(new QueryCollection(query)), filter.Text, session)),
            ct);
        return PageAnswer.IsPart(context)
            ? PageAnswer.Part<AuditTable>(("Filter", filter), ("Page", page), ("Names", names))
            : new RazorComponentResult<AuditPage>(new { Organization = organization, Filter = filter, Page = page, Names = names });
    }

    private static async Task<IResult> One(Guid id, HttpContext context, Caller caller, Database database, TimeProvider clock, CancellationToken ct)
    {
        var (organization, names, found) = await database.Read(
            caller, async session => ((await OrganizationQueries.Tenant(session)).Name, await AuditNames.All(session, clock), await ReadTrail.Find(id, session)), ct);
        return found.TryValue(out var row, out var problem)
            ? PageAnswer.Of<AuditRowPanel>(context, Title(row), organization, ("Row", row), ("Names", names))
            : PageAnswer.Of(context, problem, organization);
    }

    /// <summary>What a row tells, in words.</summary>
    public static string Title(TrailRow row) => Words(row) is var words ? char.ToUpperInvariant(words[0]) + words[1..] : "";

    private static string Words(TrailRow row) => row.Table is { } table ? $"{table.Split('.')[^1].Replace('_', ' ')}: {Done(row.Operation)}" : row.Operation.Replace('_', ' ').Replace(".", ": ", StringComparison.Ordinal);

    private static string Done(string operation) => operation switch { "insert" => "added", "update" => "changed", "delete" => "deleted", _ => operation };

    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? text : null;
}
