using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Tenants;

/// <summary>The caller's own organisation. There is no way to name another.</summary>
public static class ShowTenant
{
    /// <summary>The organisation as the API shows it.</summary>
    public sealed class Details : IVersioned
    {
        public Guid Id { get; init; }

        public string Slug { get; init; } = "";

        public string Name { get; init; } = "";

        public string Plan { get; init; } = "";

        public string Status { get; init; } = "";

        /// <summary>Where its database and files are, as the deployment calls it.</summary>
        public string Region { get; init; } = "";

        /// <summary>Month its years begin with, 1 to 12.</summary>
        public int FiscalYearStart { get; init; }

        /// <summary>Whatever its users keep there.</summary>
        public JsonObject Settings => JsonNode.Parse(SettingsJson)!.AsObject();

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset UpdatedAt { get; init; }

        public int Version { get; init; }

        private string SettingsJson { get; init; } = "{}";
    }

    internal static void Map(IEndpointRouteBuilder tenant) => tenant.MapGet("/", Get)
        .WithName("GetTenant").WithSummary("Show your organisation.").Produces<Details>();

    private static async Task<IResult> Get(Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => Handle(session), ct)).ToOk();

    public static async Task<Result<Details>> Handle(Session session) => (await Read(session, ""))!;

    internal static Task<Details?> Read(Session session, string locking) => session.First<Details>($"""
        select id, slug, name, plan, status, region, fiscal_year_start, settings::text as settings_json, created_at, updated_at, version from org.tenants {locking}
        """);
}
