using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OffGridFlow.Organizations.Scim;

/// <summary>Resources as JSON: brought into the form of their schemas, and shown in part.</summary>
internal static class ScimResource
{
    private const int LongestText = 4000;
    private const int MostValues = 100;

    /// <summary>
    /// Names as the schemas spell them, values of their types, without what a client has no say in (RFC 7643, 2.2 and 7). Attributes of no schema of ours are left out:
    /// directories send what they have.
    /// </summary>
    public static Result<JsonObject> Read(ScimKind kind, JsonObject sent)
    {
        var made = new JsonObject();
        foreach (var (name, value) in sent)
        {
            if (kind.Extension is { } extension && extension.Id.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                if (value is not (null or JsonObject))
                {
                    return Wrong(name, value, "an object");
                }

                if (!Parts(extension.Attributes, value as JsonObject ?? [], extension.Name).TryValue(out var more, out var problem))
                {
                    return problem;
                }

                if (more.Count > 0)
                {
                    made[extension.Id] = more;
                }

                continue;
            }

            if (kind.Find(name) is not { IsWritable: true } attribute)
            {
                continue;
            }

            if (!Value(attribute, value).TryValue(out var read, out var wrong))
            {
                return wrong;
            }

            if (read.Node is { } node)
            {
                made[attribute.Name] = node;
            }
        }

        return made;
    }

    /// <summary>A value of an attribute, or null where nothing is there.</summary>
    internal sealed record ReadValue(JsonNode? Node);

    public static Result<ReadValue> Value(ScimAttribute attribute, JsonNode? value)
    {
        if (value is null)
        {
            return new ReadValue(null);
        }

        if (!attribute.IsMany)
        {
            return Single(attribute, value);
        }

        var many = new JsonArray();
        IEnumerable<JsonNode?> each = value is JsonArray array ? array : (IEnumerable<JsonNode?>)[value];
        foreach (var one in each)
        {
            if (!Single(attribute, one).TryValue(out var read, out var problem))
            {
                return problem;
            }

            if (read.Node is { } node)
            {
                many.Add(node);
            }
        }

        return many.Count(IsPrimary) > 1 ? ScimProblem.InvalidValue(attribute.Name, "several that are primary", "one at most")
            : many.Count > MostValues && attribute.Name != "members" ? ScimProblem.InvalidValue(attribute.Name, $"{many.Count} values", $"{MostValues} at most")
            : new ReadValue(many.Count == 0 ? null : many);
    }

    internal static bool IsPrimary(JsonNode? value) => value is JsonObject parts && parts["primary"] is { } primary && primary.GetValueKind() == JsonValueKind.True;

    // A complex value may be written as its value alone (RFC 7643, 2.4): Entra names a manager so.
    private static Result<ReadValue> Single(ScimAttribute attribute, JsonNode? value)
    {
        if (attribute.Type != ScimType.Complex)
        {
            return Simple(attribute, value);
        }

        if (value is JsonObject parts)
        {
            return Parts(attribute.Parts, parts, attribute.Name).TryValue(out var read, out var problem) ? new ReadValue(read.Count == 0 ? null : read) : problem;
        }

        return value is JsonValue && attribute.Part("value") is { } only
            ? Simple(only, value).TryValue(out var simple, out var wrong) ? new ReadValue(simple.Node is { } node ? new JsonObject { [only.Name] = node } : null) : wrong
            : Wrong(attribute.Name, value, "an object").Problem!;
    }

    private static Result<JsonObject> Parts(IReadOnlyList<ScimAttribute> known, JsonObject sent, string owner)
    {
        var made = new JsonObject();
        foreach (var (name, value) in sent)
        {
            if (known.FirstOrDefault(part => part.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { IsWritable: true } part)
            {
                continue;
            }

            if (!Value(part, value).TryValue(out var read, out var problem))
            {
                return problem with { Column = $"{owner}.{part.Name}" };
            }

            if (read.Node is { } node)
            {
                made[part.Name] = node;
            }
        }

        return made;
    }

    private static Result<ReadValue> Simple(ScimAttribute attribute, JsonNode? value)
    {
        var isText = value?.GetValueKind() == JsonValueKind.String;
        var text = isText ? value!.GetValue<string>() : null;
        switch (attribute.Type)
        {
            // Entra writes "True" and "False".
            case ScimType.Boolean:
                return value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? new ReadValue(value.DeepClone())
                    : bool.TryParse(text, out var flag) ? new ReadValue(JsonValue.Create(flag))
                    : Wrong(attribute.Name, value, "true or false").Problem!;
            case ScimType.DateTime:
                return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _) ? new ReadValue(value!.DeepClone()) : Wrong(attribute.Name, value, "an instant").Problem!;
            default:
                return text is null || text.Length > LongestText || text.Contains('\0', StringComparison.Ordinal) ? Wrong(attribute.Name, value, $"a text of at most {LongestText} characters").Problem!
                    : new ReadValue(text.Length == 0 ? null : JsonValue.Create(text));
        }
    }

    private static Result<JsonObject> Wrong(string attribute, JsonNode? value, string expected) =>
        ScimProblem.InvalidValue(attribute, value?.ToJsonString() is { } text ? text.Length > 100 ? text[..100] : text : "null", expected);

    /// <summary>What of a resource is shown: RFC 7644, 3.9. What is always shown is.</summary>
    public static JsonObject Shown(ScimKind kind, JsonObject whole, string? attributes, string? excluded)
    {
        if (attributes is null && excluded is null)
        {
            return whole;
        }

        var names = (attributes ?? excluded)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var wholes = names.Select(name => kind.Extension is { } extension && extension.Id.Equals(name, StringComparison.OrdinalIgnoreCase) ? extension.Id : null).OfType<string>().ToList();
        var places = names.Select(name => ScimFilterReader.Name(kind, name)).OfType<ScimPlace>().ToList();
        var shown = new JsonObject();
        foreach (var (name, value) in whole)
        {
            if (kind.Extension?.Id == name)
            {
                Add(name, attributes is null ? !wholes.Contains(name) ? Part((JsonObject)value!, places.Where(place => place.Extension is not null)) : null
                    : wholes.Contains(name) ? value!.DeepClone() : Part((JsonObject)value!, places.Where(place => place.Extension is not null)));
            }
            else if (kind.Find(name) is { Returned: "always" })
            {
                shown[name] = value!.DeepClone();
            }
            else if (Part(new JsonObject { [name] = value!.DeepClone() }, places.Where(place => place.Extension is null))?[name] is { } part)
            {
                shown[name] = part.DeepClone();
            }
        }

        return shown;

        void Add(string name, JsonNode? value)
        {
            if (value is JsonObject { Count: > 0 })
            {
                shown[name] = value;
            }
        }

        JsonObject? Part(JsonObject holder, IEnumerable<ScimPlace> of)
        {
            var kept = new JsonObject();
            foreach (var (name, value) in holder)
            {
                var named = of.Where(place => place.Attribute.Name == name).ToList();
                var isWhole = named.Exists(place => place.Part is null);
                var parts = named.Where(place => place.Part is not null).Select(place => place.Part!.Name).ToHashSet(StringComparer.Ordinal);
                JsonNode? left = attributes is null
                    ? isWhole ? null : parts.Count == 0 ? value?.DeepClone() : Only(value, part => !parts.Contains(part))
                    : isWhole ? value?.DeepClone() : parts.Count > 0 ? Only(value, parts.Contains) : null;
                if (left is not null)
                {
                    kept[name] = left;
                }
            }

            return kept;
        }
    }

    private static JsonNode? Only(JsonNode? value, Func<string, bool> keeps) => value switch
    {
        JsonArray many => new JsonArray([.. many.Select(one => Only(one, keeps))]),
        JsonObject parts => new JsonObject(parts.Where(part => keeps(part.Key)).Select(part => KeyValuePair.Create(part.Key, part.Value?.DeepClone()))),
        _ => value?.DeepClone(),
    };
}
