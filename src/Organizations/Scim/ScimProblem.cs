namespace OffGridFlow.Organizations.Scim;

/// <summary>What a directory is told: the part after the dot is the scimType of RFC 7644, 3.12.</summary>
internal static class ScimProblem
{
    public static Problem InvalidFilter(string found, string expected) => new("scim.invalid-filter", "filter", found, expected, "Correct the filter: RFC 7644, 3.4.2.2.");

    public static Problem InvalidPath(string found) => new("scim.invalid-path", "path", found, "an attribute of the resource's schemas", "Correct the path: RFC 7644, 3.5.2.");

    public static Problem NoTarget(string found) => new("scim.no-target", "path", found, "a value that is there", "Read the resource again; add what is missing.");

    public static Problem InvalidValue(string attribute, string found, string expected) => new("scim.invalid-value", attribute, found, expected, "Correct the value.");

    public static Problem InvalidSyntax(string found) => new("scim.invalid-syntax", "body", found, "a message of RFC 7644", "Correct the body.");

    public static Problem Mutability(string attribute) => new("scim.mutability", attribute, "a change of it", "an attribute that can be changed", "Leave it out.");

    public static Problem Uniqueness(string attribute, string found) =>
        new("scim.uniqueness", attribute, found, "one that no other of them has", "Look it up with a filter, and change the one that is there.") { Kind = ProblemKind.Conflict };

    public static Problem NotFound(string kind, string id) => new("scim.not-found", "id", id, $"the id of a {kind} of this organisation", "Look it up with a filter.") { Kind = ProblemKind.NotFound };

    public static Problem Owner() => new(
        "scim.owner", "active", "an owner of the organisation", "somebody a directory may keep out", "An owner takes the role away first, or makes the key that the directory comes with.") { Kind = ProblemKind.Conflict };
}
