using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Projects;

/// <summary>Facilities that people work on together, whichever entities they belong to: a country's programme, a product line, one client's report.</summary>
public sealed class ProjectDetails : IVersioned
{
    internal const string Select = """
        select project_id, p.code, p.name, p.starts_on, p.ends_on, p.created_at, p.updated_at, p.deleted_at, p.version,
               (select count(*) from org.project_facilities f where f.tenant_id = p.tenant_id and f.project_id = p.project_id)::int as facility_count
        from org.projects p
        """;

    public Guid ProjectId { get; init; }

    public string Code { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Its first day, in UTC; null: it has always been.</summary>
    public DateOnly? StartsOn { get; init; }

    /// <summary>Its last day, in UTC; null: it goes on.</summary>
    public DateOnly? EndsOn { get; init; }

    /// <summary>Facilities it has now.</summary>
    public int FacilityCount { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    public int Version { get; init; }

    /// <summary>Whether roles for it count on a day.</summary>
    public bool RunsOn(DateOnly day) => DeletedAt is null && !(day < StartsOn) && !(day > EndsOn);

    internal static async Task<Result<ProjectDetails>> Find(Guid id, Session session) =>
        await session.First<ProjectDetails>($"{Select} where project_id = @id and deleted_at is null", new { id }) is { } project ? project : Problem.NotFound("project", id.ToString());

    internal static async Task<ProjectDetails> Get(Guid id, Session session) => (await session.First<ProjectDetails>($"{Select} where project_id = @id", new { id }))!;

    /// <summary>The row as it is now, held until the transaction ends; also when it is deleted.</summary>
    internal static Task<ProjectDetails?> Hold(Guid id, Session session) => session.First<ProjectDetails>($"{Select} where project_id = @id for no key update of p", new { id });

    /// <summary>All of them by name, the deleted ones too: for pages.</summary>
    internal static Task<IReadOnlyList<ProjectDetails>> All(Session session) => session.Query<ProjectDetails>($"{Select} order by p.name, p.code");
}
