using System.Text.Json.Nodes;

namespace OffGridFlow.Organizations.Scim;

/// <summary>Changes to attributes of many values: all of them, or those that a filter finds.</summary>
internal static partial class ScimPatch
{
    private static Problem? Values(JsonObject holder, ScimAttribute attribute, string op, JsonNode? value)
    {
        if (op == "remove" && value is null)
        {
            holder.Remove(attribute.Name);
            return null;
        }

        if (!ScimResource.Value(attribute, value).TryValue(out var read, out var problem))
        {
            return problem;
        }

        var given = read.Node as JsonArray ?? [];
        if (op == "replace")
        {
            holder[attribute.Name] = given;
            return null;
        }

        var there = holder[attribute.Name] as JsonArray ?? [];
        if (op == "remove")
        {
            var gone = given.Select(Key).ToHashSet(StringComparer.Ordinal);
            Set(there.Where(one => !gone.Contains(Key(one))));
            return null;
        }

        var known = there.Select(Key).ToHashSet(StringComparer.Ordinal);
        var more = given.Where(one => known.Add(Key(one))).ToList();
        if (more.Exists(ScimResource.IsPrimary))
        {
            NotPrimary(there);
        }

        Set(there.Concat(more));
        return null;

        void Set(IEnumerable<JsonNode?> values) => holder[attribute.Name] = new JsonArray([.. values.Select(one => one?.DeepClone())]);

        // A member is its id; an address is the whole of it.
        string Key(JsonNode? one) => attribute.Name == "members" ? Text((one as JsonObject)?["value"]) ?? "" : one?.ToJsonString() ?? "";
    }

    private static Problem? Some(JsonObject holder, ScimPlace place, ScimFilter? which, string op, JsonNode? value)
    {
        var there = holder[place.Attribute.Name] as JsonArray ?? [];
        var meant = there.OfType<JsonObject>().Where(one => which?.Matches(one) ?? true).ToList();
        if (op == "remove")
        {
            foreach (var one in meant)
            {
                if (place.Part is null)
                {
                    there.Remove(one);
                }
                else
                {
                    one.Remove(place.Part.Name);
                }
            }

            return null;
        }

        if (meant.Count == 0)
        {
            if (op == "replace" && which is not null)
            {
                return ScimProblem.NoTarget(place.Attribute.Name);
            }

            var made = new JsonObject();
            foreach (var (name, equal) in which?.Equalities() ?? [])
            {
                made[name] = equal;
            }

            there.Add(made);
            if (there.Parent is null)
            {
                holder[place.Attribute.Name] = there;
            }

            meant = [made];
        }

        foreach (var one in meant)
        {
            var problem = place.Part is { } part ? One(one, part, op, value) : value is JsonObject parts && Read(place.Attribute, parts, out var read) is var wrong ? wrong ?? Merged(one, read!) : ScimProblem.InvalidValue(place.Attribute.Name, "no object", "an object");
            if (problem is not null)
            {
                return problem;
            }

            if (ScimResource.IsPrimary(one))
            {
                NotPrimary(there.Where(other => other != one));
            }
        }

        return null;
    }

    private static Problem? Read(ScimAttribute attribute, JsonObject sent, out JsonObject? read)
    {
        var single = ScimResource.Value(attribute with { IsMany = false }, sent);
        read = single.TryValue(out var value, out var problem) ? value.Node as JsonObject ?? [] : null;
        return problem;
    }

    private static Problem? Merged(JsonObject into, JsonObject parts)
    {
        Merge(into, parts);
        return null;
    }

    private static void Merge(JsonObject into, JsonObject parts)
    {
        foreach (var (name, part) in parts)
        {
            into[name] = part?.DeepClone();
        }
    }

    // 3.5.2: where one becomes the primary, the others are not.
    private static void NotPrimary(IEnumerable<JsonNode?> values)
    {
        foreach (var one in values.OfType<JsonObject>().Where(ScimResource.IsPrimary))
        {
            one["primary"] = false;
        }
    }
}
