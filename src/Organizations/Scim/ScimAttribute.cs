using System.Text.Json.Nodes;

namespace OffGridFlow.Organizations.Scim;

/// <summary>What an attribute's value is (RFC 7643, 2.3).</summary>
internal enum ScimType
{
    String,
    Boolean,
    DateTime,
    Reference,
    Binary,
    Complex,
}

/// <summary>An attribute of a resource: RFC 7643, 7.</summary>
/// <param name="Name">As the RFC spells it; it is found whatever its case.</param>
internal sealed record ScimAttribute(string Name, ScimType Type = ScimType.String)
{
    public string Description { get; init; } = "";

    public bool IsMany { get; init; }

    public bool IsRequired { get; init; }

    public bool IsCaseExact { get; init; }

    /// <summary><c>readWrite</c>, <c>readOnly</c>, <c>immutable</c> or <c>writeOnly</c>.</summary>
    public string Mutability { get; init; } = "readWrite";

    /// <summary><c>always</c>, <c>default</c> or <c>never</c>.</summary>
    public string Returned { get; init; } = "default";

    /// <summary><c>none</c> or <c>server</c>.</summary>
    public string Uniqueness { get; init; } = "none";

    public IReadOnlyList<string> Usual { get; init; } = [];

    public IReadOnlyList<string> Refers { get; init; } = [];

    public IReadOnlyList<ScimAttribute> Parts { get; init; } = [];

    /// <summary>Whether what a client writes of it counts.</summary>
    public bool IsWritable => Mutability is "readWrite" or "immutable";

    public ScimAttribute? Part(string name) => Parts.FirstOrDefault(part => part.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["name"] = Name, ["type"] = Type == ScimType.DateTime ? "dateTime" : Type.ToString().ToLowerInvariant() };
        if (Parts.Count > 0)
        {
            json["subAttributes"] = new JsonArray([.. Parts.Select(part => part.ToJson())]);
        }

        json["multiValued"] = IsMany;
        json["description"] = Description;
        json["required"] = IsRequired;
        if (Type is ScimType.String or ScimType.Reference or ScimType.Binary)
        {
            json["caseExact"] = IsCaseExact;
        }

        if (Usual.Count > 0)
        {
            json["canonicalValues"] = new JsonArray([.. Usual.Select(value => JsonValue.Create(value))]);
        }

        json["mutability"] = Mutability;
        json["returned"] = Returned;
        json["uniqueness"] = Uniqueness;
        if (Refers.Count > 0)
        {
            json["referenceTypes"] = new JsonArray([.. Refers.Select(type => JsonValue.Create(type))]);
        }

        return json;
    }
}

/// <summary>A schema: a name and its attributes.</summary>
internal sealed record ScimSchema(string Id, string Name, string Description, IReadOnlyList<ScimAttribute> Attributes)
{
    public ScimAttribute? Find(string name) => Attributes.FirstOrDefault(attribute => attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A kind of resource: where it is, and the schemas it is made of.</summary>
/// <param name="Core">Its attributes stand in the resource itself; those of an extension in an object of the schema's name (RFC 7643, 3.3).</param>
internal sealed record ScimKind(string Name, string Endpoint, string Description, ScimSchema Core, ScimSchema? Extension = null)
{
    /// <summary>The common attributes (RFC 7643, 3.1), which are of every schema.</summary>
    public static IReadOnlyList<ScimAttribute> Common { get; } =
    [
        new("id") { Description = "Given by us.", IsCaseExact = true, Mutability = "readOnly", Returned = "always", Uniqueness = "server" },
        new("externalId") { Description = "What the directory calls it.", IsCaseExact = true },
        new("schemas", ScimType.Reference) { IsMany = true, IsCaseExact = true, Mutability = "readOnly", Returned = "always" },
        new("meta", ScimType.Complex)
        {
            Mutability = "readOnly",
            Parts =
            [
                new("resourceType") { IsCaseExact = true, Mutability = "readOnly" }, new("created", ScimType.DateTime) { Mutability = "readOnly" },
                new("lastModified", ScimType.DateTime) { Mutability = "readOnly" }, new("location", ScimType.Reference) { IsCaseExact = true, Mutability = "readOnly" },
                new("version") { IsCaseExact = true, Mutability = "readOnly" },
            ],
        },
    ];

    /// <summary>An attribute that stands in the resource itself.</summary>
    public ScimAttribute? Find(string name) =>
        Core.Find(name) ?? Common.FirstOrDefault(attribute => attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
