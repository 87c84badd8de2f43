using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Providers;

/// <summary>A provider of OpenID Connect that a tenant trusts to say who its members are.</summary>
public sealed record Provider : IVersioned
{
    internal const string Columns = "provider_id, name, issuer, client_id, secret is not null as has_secret, groups_claim, group_roles::text as group_roles_text, default_role, joins, second_factor, acr, created_at, updated_at, version";

    public Guid ProviderId { get; init; }

    /// <summary>On the button of the sign-in page.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its issuer identifier: an https address below which its configuration is found (OpenID Connect Discovery 1.0, 4).</summary>
    public string Issuer { get; init; } = "";

    public string ClientId { get; init; } = "";

    /// <summary>Whether a client secret is kept; it is never shown.</summary>
    public bool HasSecret { get; init; }

    /// <summary>The claim that names a person's groups.</summary>
    public string GroupsClaim { get; init; } = "";

    /// <summary>Role by group. Somebody in several groups has all their roles.</summary>
    public IReadOnlyDictionary<string, string> GroupRoles => JsonSerializer.Deserialize<Dictionary<string, string>>(GroupRolesText, Json.Options)!;

    /// <summary>Of those in none of the groups; null: they are not let in.</summary>
    public string? DefaultRole { get; init; }

    /// <summary>Whether somebody who is no member yet becomes one by signing in.</summary>
    public bool Joins { get; init; }

    /// <summary>
    /// When its sign-in counts as two factors: <c>stated</c>, when the provider says so of it (<c>amr</c>, <c>acr</c>); <c>vouched</c>, always: the
    /// organisation knows that its provider asks for two.
    /// </summary>
    public string SecondFactor { get; init; } = Stated;

    /// <summary>The authentication context class that is asked for (<c>acr_values</c>), and that counts as two factors when the provider says it was reached.</summary>
    public string? Acr { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public int Version { get; init; }

    internal const string Stated = "stated";
    internal const string Vouched = "vouched";

    internal string GroupRolesText { get; init; } = "{}";

    /// <summary>Of the bound tenant.</summary>
    internal static Task<Provider?> Find(Guid id, Session session) => session.First<Provider>($"select {Columns} from org.providers where provider_id = @id and deleted_at is null", new { id });

    internal static Task<IReadOnlyList<Provider>> All(Session session) => session.Query<Provider>($"select {Columns} from org.providers where deleted_at is null order by name, provider_id");

    internal static string Purpose(Guid id) => $"oidc:{id}";

    /// <summary>Roles for a person's groups, in one order.</summary>
    internal IReadOnlyList<string> RolesFor(IReadOnlyCollection<string> groups)
    {
        var roles = GroupRoles.Where(pair => groups.Contains(pair.Key, StringComparer.Ordinal)).Select(pair => pair.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return roles.Count > 0 || DefaultRole is null ? roles : [DefaultRole];
    }
}
