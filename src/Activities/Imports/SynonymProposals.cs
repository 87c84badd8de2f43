using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Imports;

/// <summary>What corrected files teach: names that may stand for a kind from now on, once somebody accepts them.</summary>
internal static class SynonymProposals
{
    /// <param name="Name">As it stood in the rejected rows, in lower case.</param>
    /// <param name="Kind">What they were corrected to.</param>
    /// <param name="Rows">How many rows say so.</param>
    /// <param name="ImportId">The corrected file.</param>
    /// <param name="Status"><c>open</c>, <c>accepted</c> or <c>dismissed</c>.</param>
    public sealed record Proposal(Guid ProposalId, string Name, string Kind, long Rows, Guid ImportId, string Status, DateTimeOffset ProposedAt);

    private const string Select = "select proposal_id, name, kind, rows, import_id, status, proposed_at from activities.synonym_proposals";

    private static readonly ListShape Shape = new ListShape("proposal_id", FieldKind.Id).Filter("status").Filter("name").Filter("kind").Filter("import_id", FieldKind.Id);

    public static void Map(IEndpointRouteBuilder proposals)
    {
        proposals.MapGet("/", async (ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, async session => Shown(await query.Page<Row>(session, Select)), ct)).ToOk())
            .Lists<Proposal>(Shape).WithName("ListSynonymProposals").WithSummary("Names of kinds learned from corrected files.");
        proposals.MapPost("/{id:guid}/accept", async (Guid id, Caller caller, Database database, ReferenceData data, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Decide(id, accepts: true, session, data, time), ct)).ToOk())
            .WithName("AcceptSynonymProposal").WithSummary("Let the name stand for the kind from the next import on.").Produces<Proposal>();
        proposals.MapPost("/{id:guid}/dismiss", async (Guid id, Caller caller, Database database, ReferenceData data, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Decide(id, accepts: false, session, data, time), ct)).ToOk())
            .WithName("DismissSynonymProposal").WithSummary("Do not propose it again.").Produces<Proposal>();
    }

    private static async Task<Result<Proposal>> Decide(Guid id, bool accepts, Session session, ReferenceData data, TimeProvider time)
    {
        if (await session.First<Row>($"{Select} where proposal_id = @id for update", new { id }) is not { } proposal)
        {
            return Problem.NotFound("proposal", id.ToString());
        }

        if (proposal.Status != "open")
        {
            return new Problem("proposal.decided", "status", proposal.Status, "open", "It was decided before; set or delete the synonym itself.") { Kind = ProblemKind.Conflict };
        }

        if (accepts && (await KindSynonyms.Handle(new KindSynonyms.Request(proposal.Name, proposal.Kind, proposal.ImportId), session, data, time)).Problem is { } problem)
        {
            return problem;
        }

        var decided = await session.First<Row>(
            "update activities.synonym_proposals set status = @status where proposal_id = @id returning proposal_id, name, kind, rows, import_id, status, proposed_at",
            new { id, status = accepts ? "accepted" : "dismissed" });
        return decided!.Shown();
    }

    private static Page<Proposal> Shown(Page<Row> page) => new([.. page.Items.Select(row => row.Shown())], page.Next);

    private sealed class Row
    {
        public Guid ProposalId { get; init; }

        public string Name { get; init; } = "";

        public string Kind { get; init; } = "";

        public long Rows { get; init; }

        public Guid ImportId { get; init; }

        public string Status { get; init; } = "";

        public DateTimeOffset ProposedAt { get; init; }

        public Proposal Shown() => new(ProposalId, Name, Kind, Rows, ImportId, Status, ProposedAt);
    }
}
