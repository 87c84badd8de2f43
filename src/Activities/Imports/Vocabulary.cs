using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Imports;

/// <summary>
/// What names in a tenant's files stand for at one time: kinds by its own names, sites, entities. Kept with each import of a file, so that
/// the file read again comes to the same rows whatever was renamed since, here or wherever its evidence is checked.
/// </summary>
/// <param name="Format">1.</param>
/// <param name="FiscalYearStart">Month: what <c>FY2024</c> in a cell means.</param>
/// <param name="Kinds">The tenant's names of kinds, which go before the library's, by name.</param>
/// <param name="Facilities">By code.</param>
/// <param name="Entities">By code.</param>
public sealed record Vocabulary(
    int Format, int FiscalYearStart, IReadOnlyList<KindName> Kinds, IReadOnlyList<SiteName> Facilities, IReadOnlyList<EntityName> Entities)
{
    private static readonly JsonSerializerOptions Canonical = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Its one text.</summary>
    [JsonIgnore]
    public string Text => JsonSerializer.Serialize(this, Canonical);

    /// <summary>The first 16 bytes of the SHA-256 of a vocabulary's text.</summary>
    public static Guid IdOf(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(text, hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <exception cref="JsonException">It is none.</exception>
    public static Vocabulary Read(string text) => JsonSerializer.Deserialize<Vocabulary>(text, Canonical) ?? throw new JsonException("A vocabulary is an object.");

    /// <summary>As it is now.</summary>
    internal static async Task<Vocabulary> Now(Session session) => new(
        1, (await OrganizationQueries.Tenant(session)).FiscalYearStart,
        [.. (await session.Query<(string Name, string Kind)>("select name, kind from activities.kind_synonyms order by name")).Select(pair => new KindName(pair.Name, pair.Kind))],
        [.. (await OrganizationQueries.Facilities(session)).All.Select(site => new SiteName(site.FacilityId, site.EntityId, site.Code, site.Name, site.Place))],
        [.. (await OrganizationQueries.Entities(session)).All.Select(entity => new EntityName(entity.EntityId, entity.Code, entity.Name))]);

    /// <summary>The one an import is read with: fixed with its first row, also when a crash makes another worker go on with it.</summary>
    internal static async Task<Vocabulary> Of(ImportRecord import, Session session)
    {
        if (await session.First<string>(
            "select body from activities.vocabularies join activities.imports using (tenant_id, vocabulary_id) where import_id = @ImportId", new { import.ImportId }) is { } kept)
        {
            return Read(kept);
        }

        var now = await Now(session);
        var (text, id) = (now.Text, IdOf(Encoding.UTF8.GetBytes(now.Text)));
        await session.Execute(
            "insert into activities.vocabularies (tenant_id, vocabulary_id, body) values (@tenant, @id, @text) on conflict (tenant_id, vocabulary_id) do nothing",
            new { tenant = session.Tenant.Value, id, text });
        await session.Execute("update activities.imports set vocabulary_id = @id where import_id = @ImportId", new { id, import.ImportId });
        return now;
    }

    internal CodesAndNames<Facility> Sites() => new([.. Facilities.Select(site => new Facility(site.FacilityId, site.EntityId, site.Code, site.Name, site.Place, null, IsDeleted: false))]);

    internal CodesAndNames<Entity> Companies() => new([.. Entities.Select(entity => new Entity(entity.EntityId, entity.Code, entity.Name, null, null, IsDeleted: false, []))]);
}

/// <param name="Name">In lower case.</param>
/// <param name="Kind">Key of a kind.</param>
public sealed record KindName(string Name, string Kind);

/// <param name="Place">Of rows that name none, or null.</param>
public sealed record SiteName(Guid FacilityId, Guid EntityId, string Code, string Name, string? Place);

public sealed record EntityName(Guid EntityId, string Code, string Name);
