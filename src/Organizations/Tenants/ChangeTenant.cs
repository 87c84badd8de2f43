using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Tenants;

/// <summary>
/// Changes the organisation's name, settings and the month its years begin with. Years that are there keep their days; the next one
/// that is made begins where they end and is the shorter for it.
/// </summary>
public static class ChangeTenant
{
    private const int MostSettings = 65_536;

    /// <param name="Settings">An object of your own; merged into what is there.</param>
    /// <param name="FiscalYearStart">Month, 1 to 12.</param>
    public sealed record Request(string? Name = null, int? FiscalYearStart = null, JsonObject? Settings = null);

    internal static void Map(IEndpointRouteBuilder tenant) => tenant.MapPatch("/", Patch)
        .WithName("ChangeTenant").WithSummary("Change your organisation's name, settings or first month of the year.").Produces<ShowTenant.Details>();

    private static async Task<IResult> Patch(
        MergePatch<Request> patch, IfMatch version, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(patch, version, session, clock), ct)).ToOk();

    public static async Task<Result<ShowTenant.Details>> Handle(MergePatch<Request> patch, IfMatch version, Session session, TimeProvider clock)
    {
        var now = (await ShowTenant.Read(session, "for no key update"))!;
        if (version.Check(now.Version) is { } stale)
        {
            return stale;
        }

        var request = patch.ApplyTo(new Request(now.Name, now.FiscalYearStart, now.Settings));
        var settings = request.Settings?.ToJsonString() ?? "{}";
        var size = Encoding.UTF8.GetByteCount(settings);
        if (Problem.All(
            Forms.IsName(request.Name) ? null : new Problem("tenant.name", "name", request.Name ?? "", Forms.NameForm, "Correct the name."),
            request.FiscalYearStart is >= 1 and <= 12 ? null
                : new Problem("tenant.fiscal-year-start", "fiscal_year_start", $"{request.FiscalYearStart}", "a month, 1 to 12", "Correct the month."),
            size <= MostSettings && !settings.Contains("\\u0000", StringComparison.Ordinal) ? null
                : new Problem("tenant.settings", "settings", $"{size} bytes", $"at most {MostSettings} bytes of JSON without U+0000", "Keep less in the settings.")) is { } problem)
        {
            return problem;
        }

        await session.Execute("""
            update org.tenants set name = @Name, fiscal_year_start = @Start, settings = @settings::jsonb, version = version + 1, updated_at = @At
            where id = @Id
            """, new { now.Id, request.Name, Start = (short)request.FiscalYearStart!.Value, settings, At = clock.GetUtcNow() });
        return await ShowTenant.Handle(session);
    }
}
