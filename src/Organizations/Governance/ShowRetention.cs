using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Governance;

/// <summary>A class of data and how long it is kept.</summary>
/// <param name="Name">Stable, for programs.</param>
/// <param name="Holds">What it is.</param>
/// <param name="Days">How long; null: until the organisation is erased.</param>
/// <param name="From">What starts the time.</param>
/// <param name="Then">What happens after it.</param>
public sealed record DataClass(string Name, string Holds, int? Days, string From, string Then);

/// <summary>How long everything is kept: the one table that the nightly job works by and that is shown.</summary>
public static class ShowRetention
{
    private const int Year = 365;

    /// <summary>Seven years and their leap days.</summary>
    private const int Seven = (7 * Year) + 2;

    /// <summary>Days after the subscription's end; the database insists on it.</summary>
    public const int ActivityDays = 90;

    /// <param name="Classes">Every class of data.</param>
    public sealed record Response(IReadOnlyList<DataClass> Classes);

    internal static void Map(IEndpointRouteBuilder governance) => governance.MapGet("/retention", (Retention retention) => ((Result<Response>)new Response(Of(retention))).ToOk())
        .Needing(Permission.OrganizationRead).WithName("GetRetention").WithSummary("Show how long which data is kept.").Produces<Response>();

    public static IReadOnlyList<DataClass> Of(Retention retention) =>
    [
        new("ledger", "Ledger: entries, runs, calculations, closings", Seven, "the subscription's end", "erased with the organisation"),
        new("audit", "Audit trail: changes, sign-ins, refusals, exports", Seven, "each row's instant", "the oldest rows go; the chain goes on from there"),
        new("activities", "Activities, imports, raw files and evidence", ActivityDays, "the subscription's end", "deleted, with the files"),
        new("organization", "Entities, facilities, periods, factors of one's own, members, settings", Seven, "the subscription's end", "erased with the organisation"),
        new("erasure", "Everything, once deletion was asked for", RequestErasure.Days, "the request", "erased for good; a certificate remains"),
        new("certificates", "Certificates of erasure: ids, hashes, dates and counts", null, "the erasure", "kept"),
        new("jobs", "Jobs that ended, events that were handed on, deliveries of webhooks", Days(retention.Ended), "their end", "deleted"),
        new("dead_letters", "Jobs that failed for good", Days(retention.DeadLetters), "their end", "deleted"),
        new("uploads", "Uploads in pieces that were given up", Days(retention.Uploads), "their beginning", "deleted, with what had arrived"),
        new("answers", "Answers kept for requests that are repeated", Days(retention.Answers), "the request", "deleted"),
        new("exports", "Exports made by a job", Days(RequestExport.Kept), "their end", "deleted, with the file"),
        new("sessions", "Sessions with their addresses and devices", Days(retention.Sessions), "their end", "deleted"),
        new("invitations", "Invitations that nobody accepted", Days(retention.Invitations), "their expiry or revocation", "deleted"),
        new("tokens", "Links of mails and steps of a sign-in", Days(retention.Tokens), "their expiry", "deleted"),
    ];

    private static int Days(TimeSpan time) => (int)Math.Ceiling(time.TotalDays);
}
