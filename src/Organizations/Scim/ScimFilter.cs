using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OffGridFlow.Organizations.Scim;

/// <summary>Where an attribute stands.</summary>
/// <param name="Extension">In the object of this schema; null: in the resource itself.</param>
/// <param name="Part">A part of it; null: all of it.</param>
internal sealed record ScimPlace(ScimSchema? Extension, ScimAttribute Attribute, ScimAttribute? Part)
{
    /// <summary>The attribute whose value is meant: of one with many values, the values.</summary>
    public ScimAttribute Compared => Part ?? (Attribute is { IsMany: true, Type: ScimType.Complex } ? Attribute.Part("value") ?? Attribute : Attribute);

    /// <summary>The values there are.</summary>
    public IEnumerable<JsonNode> In(JsonObject resource)
    {
        var holder = Extension is null ? resource : resource[Extension.Id] as JsonObject;
        IEnumerable<JsonNode?> values = holder?[Attribute.Name] is { } value ? value is JsonArray many ? many : (IEnumerable<JsonNode?>)[value] : [];
        return (Attribute.Type == ScimType.Complex && Compared != Attribute ? values.Select(one => (one as JsonObject)?[Compared.Name]) : values).OfType<JsonNode>();
    }
}

/// <summary>A filter (RFC 7644, 3.4.2.2), read whole before it is asked anything.</summary>
internal abstract record ScimFilter
{
    public abstract bool Matches(JsonObject resource);

    internal sealed record Both(ScimFilter Left, ScimFilter Right) : ScimFilter
    {
        public override bool Matches(JsonObject resource) => Left.Matches(resource) && Right.Matches(resource);
    }

    internal sealed record Either(ScimFilter Left, ScimFilter Right) : ScimFilter
    {
        public override bool Matches(JsonObject resource) => Left.Matches(resource) || Right.Matches(resource);
    }

    internal sealed record Not(ScimFilter Inner) : ScimFilter
    {
        public override bool Matches(JsonObject resource) => !Inner.Matches(resource);
    }

    internal sealed record Present(ScimPlace Place) : ScimFilter
    {
        public override bool Matches(JsonObject resource) => Place.In(resource).Any(value => value switch
        {
            JsonArray many => many.Count > 0,
            JsonObject parts => parts.Count > 0,
            var one => one.GetValueKind() != JsonValueKind.String || one.GetValue<string>().Length > 0,
        });
    }

    /// <summary>One value of a multi-valued attribute has all of it: <c>emails[type eq "work" and value co "@example.com"]</c>.</summary>
    internal sealed record Value(ScimPlace Place, ScimFilter Inner) : ScimFilter
    {
        public override bool Matches(JsonObject resource) =>
            (Place.Extension is null ? resource : resource[Place.Extension.Id] as JsonObject)?[Place.Attribute.Name] is { } value
            && (value is JsonArray many ? many : (IEnumerable<JsonNode?>)[value]).OfType<JsonObject>().Any(Inner.Matches);
    }

    /// <param name="Wanted">Of the attribute's type; null: nothing is there.</param>
    internal sealed record Compare(ScimPlace Place, string Operator, JsonNode? Wanted) : ScimFilter
    {
        public override bool Matches(JsonObject resource)
        {
            var values = Place.In(resource).ToList();
            return Wanted is null || values.Count == 0
                ? Operator switch { "eq" => Wanted is null && values.Count == 0, "ne" => Wanted is null == values.Count > 0, _ => false }
                : values.Exists(Holds);
        }

        private bool Holds(JsonNode value)
        {
            if (Place.Compared.Type == ScimType.Boolean)
            {
                return value.GetValueKind() == Wanted!.GetValueKind() == (Operator == "eq");
            }

            if (value.GetValueKind() != JsonValueKind.String)
            {
                return Operator == "ne";
            }

            var (is_, wanted) = (value.GetValue<string>(), Wanted!.GetValue<string>());
            if (Place.Compared.Type == ScimType.DateTime)
            {
                var order = Instant(is_).CompareTo(Instant(wanted));
                return Operator switch { "eq" => order == 0, "ne" => order != 0, "gt" => order > 0, "ge" => order >= 0, "lt" => order < 0, "le" => order <= 0, _ => Text(is_, wanted) };
            }

            return Text(is_, wanted);
        }

        private bool Text(string value, string wanted)
        {
            var how = Place.Compared.IsCaseExact ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
            return Operator switch
            {
                "eq" => value.Equals(wanted, how),
                "ne" => !value.Equals(wanted, how),
                "co" => value.Contains(wanted, how),
                "sw" => value.StartsWith(wanted, how),
                "ew" => value.EndsWith(wanted, how),
                "gt" => string.Compare(value, wanted, how) > 0,
                "ge" => string.Compare(value, wanted, how) >= 0,
                "lt" => string.Compare(value, wanted, how) < 0,
                _ => string.Compare(value, wanted, how) <= 0,
            };
        }

        internal static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    /// <summary>What must be equal for the whole to be true, so that a row can be found by it.</summary>
    public IEnumerable<(string Attribute, string Value)> Equalities() => this switch
    {
        Both both => both.Left.Equalities().Concat(both.Right.Equalities()),
        Compare { Operator: "eq", Place.Extension: null, Wanted: { } wanted } one when wanted.GetValueKind() == JsonValueKind.String =>
            [(one.Place.Attribute.Name + (one.Place.Compared == one.Place.Attribute ? "" : "." + one.Place.Compared.Name), wanted.GetValue<string>())],
        _ => [],
    };
}
