using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Notices;

/// <summary>
/// Tells the owners and administrators of tenants that their data were breached: a letter to each, and a notice on their pages until one of them has acknowledged it. Only the operator
/// can. Under one reference nobody is told twice: who repeats it reaches those who could not be told before, and sees what became of the letters.
/// </summary>
internal sealed class TellBreach(Database database, SendLetter letters, PublicAddress address, TimeProvider clock)
{
    private const string Page = "/governance/notices/";

    /// <param name="Email">Whom.</param>
    /// <param name="Letter">The state of the job that sends it: <c>queued</c>, <c>succeeded</c>, <c>dead</c> …; null: it has gone long ago.</param>
    /// <param name="IsNew">Whether this run wrote it.</param>
    public sealed record Told(string Email, string? Letter, bool IsNew);

    /// <param name="Problem">Why nobody of the tenant was told; null: somebody was.</param>
    public sealed record Outcome(string Slug, IReadOnlyList<Told> Told, Problem? Problem);

    /// <param name="tenants">Slugs; none: every tenant there is.</param>
    public async Task<Result<IReadOnlyList<Outcome>>> Handle(NoticeText text, string reference, IReadOnlyList<string> tenants, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(reference) || reference.Length > 100)
        {
            return new Problem("notice.reference", "reference", reference, "a name of the incident of 1 to 100 characters", "Give it one: INC-2026-07.");
        }

        var there = await TenantDirectory.List(database, ct);
        if (tenants.FirstOrDefault(slug => !there.Any(tenant => tenant.Slug == slug)) is { } unknown)
        {
            return new Problem("notice.tenant", "tenant", unknown, "the slug of a tenant", "Nobody was told. 'tenant list' shows those there are.") { Kind = ProblemKind.NotFound };
        }

        var outcomes = new List<Outcome>();
        foreach (var tenant in there.Where(tenant => tenants.Count == 0 || tenants.Contains(tenant.Slug, StringComparer.Ordinal)))
        {
            // Each by itself: one that fails keeps no other from being told.
            var told = await database.Write(Caller.System(new TenantId(tenant.Id), "cli:breach"), session => Tell(text, reference, tenant, session), ct);
            outcomes.Add(told.TryValue(out var outcome, out var problem) ? outcome : new Outcome(tenant.Slug, [], problem));
        }

        return outcomes;
    }

    private async Task<Result<Outcome>> Tell(NoticeText text, string reference, TenantDirectory.Entry tenant, Session session)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7();
        await session.Execute(
            """
            insert into org.notices (tenant_id, notice_id, reference, title, body, published_at) values (@Tenant, @id, @reference, @Title, @Body, @now)
            on conflict (tenant_id, reference) do nothing
            """,
            new { Tenant = session.Tenant.Value, id, reference, text.Title, text.Body, now });
        var notice = (await session.First<Notice>($"{Notice.Select} where reference = @reference", new { reference }))!;
        if (notice.Body != text.Body)
        {
            return new Problem("notice.changed", "reference", reference, "the text that was told under it", "Tell what is new under a reference of its own.") { Kind = ProblemKind.Conflict };
        }

        var before = (await session.Query<Guid>("select user_id from org.notice_letters where notice_id = @NoticeId", new { notice.NoticeId })).ToHashSet();
        foreach (var person in (await Administrators(session, now)).Where(person => !before.Contains(person.UserId)))
        {
            var job = await letters.Post(session, Letter(text, reference, tenant.Name, notice.NoticeId, person.Email));
            await session.Execute(
                "insert into org.notice_letters (tenant_id, notice_id, user_id, job_id, written_at) values (@Tenant, @NoticeId, @UserId, @job, @now)",
                new { Tenant = session.Tenant.Value, notice.NoticeId, person.UserId, job, now });
        }

        var told = new List<Told>();
        foreach (var row in await session.Query<Row>(
            """
            select l.user_id, l.job_id, coalesce(u.email, 'a former member') as email from org.notice_letters l left join people.of_tenant() u on u.user_id = l.user_id
            where l.notice_id = @NoticeId order by email, l.user_id
            """,
            new { notice.NoticeId }))
        {
            told.Add(new Told(row.Email, await JobQueue.Status(session, row.JobId), !before.Contains(row.UserId)));
        }

        return new Outcome(tenant.Slug, told, told.Count > 0 ? null : new Problem("notice.nobody", "tenant", tenant.Slug, "an owner or administrator with an account", "The notice stands on its pages. Reach the organisation by other means, then name an owner and run this again."));
    }

    // Not who may do as much by a role of the tenant's own: those it named owners and administrators are who it answers by.
    private static Task<IReadOnlyList<Row>> Administrators(Session session, DateTimeOffset now) => session.Query<Row>(
        """
        select distinct u.user_id, u.email from org.assignments a
        join org.memberships m on m.tenant_id = a.tenant_id and m.user_id = a.user_id and m.status = 'active'
        join people.of_tenant() u on u.user_id = a.user_id and u.user_status = 'active'
        where a.role in ('owner', 'admin') and a.scope = 'tenant' and a.ended_at is null and (a.expires_at is null or a.expires_at > @now)
        order by u.email
        """,
        new { now });

    private Letter Letter(NoticeText text, string reference, string tenant, Guid notice, string to) => Letters.Write(
        to,
        $"{tenant}: {text.Title}",
        [$"This is a notice of a personal data breach that concerns {tenant} (reference {reference}).", text.Title, .. text.Sections.SelectMany(section => (string[])[section.Heading.ToUpperInvariant(), section.Text])],
        ("Read it and acknowledge it", address.Link(Page + notice)),
        "You receive this because you are an owner or administrator of the organisation.");

    private sealed class Row
    {
        public Guid UserId { get; init; }

        public string Email { get; init; } = "";

        public Guid JobId { get; init; }
    }
}
