namespace OffGridFlow.Organizations.Scim;

/// <summary>The resources there are, as RFC 7643, 4 and 8.7 have them.</summary>
internal static class ScimKinds
{
    public const string UserSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";
    public const string EnterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    private static readonly string[] Places = ["work", "home", "other"];

    public static ScimKind User { get; } = new(
        "User", "/Users", "Somebody whom the directory lets in.",
        new ScimSchema(UserSchema, "User", "User Account",
        [
            new("userName") { Description = "Names them in the directory; without emails it is their address.", IsRequired = true, Uniqueness = "server" },
            new("name", ScimType.Complex)
            {
                Description = "The parts of their name.",
                Parts =
                [
                    new("formatted") { Description = "All of it, as it is written." }, new("familyName") { Description = "Family name." }, new("givenName") { Description = "Given name." },
                    new("middleName") { Description = "Middle names." }, new("honorificPrefix") { Description = "Title before the name." }, new("honorificSuffix") { Description = "Suffix after the name." },
                ],
            },
            new("displayName") { Description = "Their name as colleagues know it." },
            new("nickName") { Description = "How they are called." },
            new("profileUrl", ScimType.Reference) { Description = "A page about them.", Refers = ["external"] },
            new("title") { Description = "Their position." },
            new("userType") { Description = "What they are to the organisation." },
            new("preferredLanguage") { Description = "A language tag." },
            new("locale") { Description = "How they write figures and days." },
            new("timezone") { Description = "An IANA time zone." },
            new("active", ScimType.Boolean) { Description = "Whether they are let in." },
            new("password") { Description = "Never taken: people choose their own.", Mutability = "writeOnly", Returned = "never" },
            Several("emails", "Addresses; the primary one, else the one at work, is the one they come in with.", ScimType.String, Places),
            Several("phoneNumbers", "Telephone numbers.", ScimType.String, ["work", "home", "mobile", "fax", "pager", "other"]),
            Several("ims", "Instant messaging.", ScimType.String, []),
            Several("photos", "Pictures.", ScimType.Reference, ["photo", "thumbnail"]),
            new("addresses", ScimType.Complex)
            {
                Description = "Where they are.",
                IsMany = true,
                Parts =
                [
                    new("formatted") { Description = "All of it, as it is written." }, new("streetAddress") { Description = "Street and number." }, new("locality") { Description = "Town." },
                    new("region") { Description = "State or region." }, new("postalCode") { Description = "Postal code." }, new("country") { Description = "Country." },
                    new("type") { Description = "What it is for.", Usual = Places }, new("primary", ScimType.Boolean) { Description = "The first of them." },
                ],
            },
            new("groups", ScimType.Complex)
            {
                Description = "The groups they are in; changed in the group.",
                IsMany = true,
                Mutability = "readOnly",
                Parts =
                [
                    new("value") { Description = "The group's id.", Mutability = "readOnly" }, new("$ref", ScimType.Reference) { Description = "The group's address.", Mutability = "readOnly", Refers = ["Group"] },
                    new("display") { Description = "The group's name.", Mutability = "readOnly" }, new("type") { Description = "Always direct.", Mutability = "readOnly", Usual = ["direct", "indirect"] },
                ],
            },
            Several("entitlements", "Kept, and of no effect: roles follow the groups.", ScimType.String, []),
            Several("roles", "Kept, and of no effect: roles follow the groups.", ScimType.String, []),
            Several("x509Certificates", "Certificates.", ScimType.Binary, []),
        ]),
        new ScimSchema(EnterpriseSchema, "EnterpriseUser", "Enterprise User",
        [
            new("employeeNumber") { Description = "Number in the organisation." }, new("costCenter") { Description = "Cost centre." }, new("organization") { Description = "Organisation." },
            new("division") { Description = "Division." }, new("department") { Description = "Department." },
            new("manager", ScimType.Complex)
            {
                Description = "Whom they report to.",
                Parts =
                [
                    new("value") { Description = "Their id.", IsCaseExact = true }, new("$ref", ScimType.Reference) { Description = "Their address.", Refers = ["User"] },
                    new("displayName") { Description = "Their name.", Mutability = "readOnly" },
                ],
            },
        ]));

    public static ScimKind Group { get; } = new(
        "Group", "/Groups", "A group of the directory; a role may belong to its name.",
        new ScimSchema(GroupSchema, "Group", "Group",
        [
            new("displayName") { Description = "Its name; roles are mapped by it.", IsRequired = true, Uniqueness = "server" },
            new("members", ScimType.Complex)
            {
                Description = "Who is in it.",
                IsMany = true,
                Parts =
                [
                    new("value") { Description = "A user's id.", Mutability = "immutable", IsCaseExact = true },
                    new("$ref", ScimType.Reference) { Description = "The user's address.", Mutability = "immutable", Refers = ["User"] },
                    new("type") { Description = "Always User.", Mutability = "immutable", Usual = ["User"] },
                    new("display") { Description = "The user's name.", Mutability = "readOnly" },
                ],
            },
        ]));

    public static IReadOnlyList<ScimKind> All { get; } = [User, Group];

    private static ScimAttribute Several(string name, string description, ScimType type, IReadOnlyList<string> usual) => new(name, ScimType.Complex)
    {
        Description = description,
        IsMany = true,
        Parts =
        [
            new("value", type) { Description = "The value itself.", IsCaseExact = type == ScimType.Binary, Refers = type == ScimType.Reference ? ["external"] : [] },
            new("display") { Description = "As people read it." }, new("type") { Description = "What it is for.", Usual = usual }, new("primary", ScimType.Boolean) { Description = "The first of them." },
        ],
    };
}
