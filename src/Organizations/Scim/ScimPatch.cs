using System.Text.Json;
using System.Text.Json.Nodes;

namespace OffGridFlow.Organizations.Scim;

/// <summary>
/// Changes to a resource (RFC 7644, 3.5.2), all of them or none. Besides what the RFC has, it takes what Microsoft Entra sends: operations with a capital letter, paths as
/// names of a pathless value, members to remove in the value, and values added where a filter finds none.
/// </summary>
internal static partial class ScimPatch
{
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    private const int MostOperations = 1000;

    /// <summary>The resource after the changes; it still has to be read (<see cref="ScimResource.Read"/>).</summary>
    public static Result<JsonObject> Apply(ScimKind kind, JsonObject resource, JsonObject message)
    {
        if (Member(message, "Operations") is not JsonArray { Count: > 0 and <= MostOperations } operations)
        {
            return ScimProblem.InvalidSyntax($"no Operations, or more than {MostOperations}");
        }

        var made = (JsonObject)resource.DeepClone();
        foreach (var each in operations)
        {
            if (each is not JsonObject operation || Text(Member(operation, "op")) is not { } op || op.ToLowerInvariant() is not ("add" or "replace" or "remove"))
            {
                return ScimProblem.InvalidSyntax("an operation other than add, replace and remove");
            }

            if (Do(kind, made, op.ToLowerInvariant(), Text(Member(operation, "path")), Member(operation, "value")) is { } problem)
            {
                return problem;
            }
        }

        return made;
    }

    private static Problem? Do(ScimKind kind, JsonObject resource, string op, string? path, JsonNode? value)
    {
        if (path is { Length: > 0 })
        {
            return ScimFilterReader.Path(kind, path).TryValue(out var read, out var wrong) ? At(kind, resource, op, read, value, isNamed: true) : wrong;
        }

        if (op == "remove")
        {
            return ScimProblem.NoTarget("remove without a path");
        }

        return value is JsonObject members ? Each(members, "") : ScimProblem.InvalidSyntax("a value that is no object, without a path");

        Problem? Each(JsonObject all, string before)
        {
            foreach (var (name, one) in all)
            {
                // What a resource has and a client has no say in comes along; what no schema has is left out, as in a whole resource.
                if (ScimFilterReader.Path(kind, before + name).TryValue(out var read, out _) && At(kind, resource, op, read, one, isNamed: false) is { } problem)
                {
                    return problem;
                }
            }

            return null;
        }
    }

    private static Problem? At(ScimKind kind, JsonObject resource, string op, ScimPath path, JsonNode? value, bool isNamed)
    {
        if (path.Place is not { } place)
        {
            return Extension(kind, resource, op, path.Extension!, value);
        }

        var written = place.Part ?? place.Attribute;
        if (!place.Attribute.IsWritable || !written.IsWritable)
        {
            return isNamed && written.Mutability == "readOnly" ? ScimProblem.Mutability(written.Name) : null;
        }

        if (op == "remove" && written.IsRequired)
        {
            return ScimProblem.Mutability(written.Name);
        }

        var holder = place.Extension is null ? resource : resource[place.Extension.Id] as JsonObject;
        if (holder is null)
        {
            if (op == "remove")
            {
                return null;
            }

            resource[place.Extension!.Id] = holder = [];
        }

        return place.Attribute.IsMany
            ? path.Which is null && place.Part is null ? Values(holder, place.Attribute, op, value) : Some(holder, place, path.Which, op, value)
            : path.Which is not null ? ScimProblem.InvalidPath(place.Attribute.Name + "[…]")
            : place.Part is { } part ? Part(holder, place.Attribute, part, op, value)
            : One(holder, place.Attribute, op, value);
    }

    private static Problem? Extension(ScimKind kind, JsonObject resource, string op, ScimSchema extension, JsonNode? value)
    {
        if (op == "remove")
        {
            resource.Remove(extension.Id);
            return null;
        }

        if (value is not JsonObject members)
        {
            return ScimProblem.InvalidValue(extension.Name, "no object", "an object");
        }

        foreach (var (name, one) in members)
        {
            if (ScimFilterReader.Path(kind, $"{extension.Id}:{name}").TryValue(out var read, out _) && At(kind, resource, op, read, one, isNamed: false) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static Problem? One(JsonObject holder, ScimAttribute attribute, string op, JsonNode? value)
    {
        if (op == "remove" || value is null)
        {
            holder.Remove(attribute.Name);
            return null;
        }

        if (!ScimResource.Value(attribute, value).TryValue(out var read, out var problem))
        {
            return problem;
        }

        // Of a complex one the parts that are named change, the others stay (3.5.2.3).
        if (read.Node is JsonObject parts && holder[attribute.Name] is JsonObject there)
        {
            Merge(there, parts);
        }
        else if (read.Node is { } node)
        {
            holder[attribute.Name] = node;
        }
        else
        {
            holder.Remove(attribute.Name);
        }

        return null;
    }

    private static Problem? Part(JsonObject holder, ScimAttribute attribute, ScimAttribute part, string op, JsonNode? value)
    {
        if (op == "remove" || value is null)
        {
            (holder[attribute.Name] as JsonObject)?.Remove(part.Name);
            return null;
        }

        var parts = holder[attribute.Name] as JsonObject;
        if (parts is null)
        {
            holder[attribute.Name] = parts = [];
        }

        return One(parts, part, op, value);
    }

    internal static JsonNode? Member(JsonObject of, string name) => of.FirstOrDefault(member => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    internal static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
