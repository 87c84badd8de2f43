using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Governance;

/// <summary>How long everything is kept, why, and what the nightly job last did about it.</summary>
public static class ShowRetention
{
    /// <param name="Classes">Every class of data.</param>
    public sealed record Response(IReadOnlyList<DataClass> Classes);

    internal static void Map(IEndpointRouteBuilder governance) => governance.MapGet(
            "/retention", async (RetentionSettings settings, Caller caller, Database database, CancellationToken ct) => (await database.Read(caller, session => Handle(session, settings), ct)).ToOk())
        .Needing(Permission.OrganizationRead).WithName("GetRetention").WithSummary("Show how long which data is kept, why, and when the nightly job last removed what.").Produces<Response>();

    public static async Task<Result<Response>> Handle(Session session, RetentionSettings settings) => new Response((await Retention.Read(session, settings)).Classes);
}
