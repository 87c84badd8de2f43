using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Activities.Connectors;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Outbound;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Sources;

/// <summary>Sources that deliver by themselves: the list, one of them with what came of its fetches, and the form with a look at the file before it is saved.</summary>
internal sealed class SourcePages(Database database, OutboundHttp outbound, Seals seals, ReferenceData data, CheckSource check, TimeProvider time)
{
    private const string Home = "/sources";
    private const int Most = 20;

    public static void Map(IEndpointRouteBuilder pages)
    {
        var sources = pages.MapGroup(Home).Needing(Permission.SourcesConnect).DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        sources.MapGet("", (Caller caller, SourcePages here, CancellationToken ct) => here.List(caller, ct));
        sources.MapGet("/new", (Caller caller, SourcePages here, CancellationToken ct) => here.New(caller, ct));
        sources.MapPost("", (HttpContext context, Caller caller, SourcePages here, CancellationToken ct) => here.Save(null, context, caller, ct));
        sources.MapPost("/check", (HttpContext context, Caller caller, SourcePages here, CancellationToken ct) => here.Check(context, caller, ct));
        sources.MapGet("/{id:guid}", (Guid id, HttpContext context, Caller caller, SourcePages here, CancellationToken ct) => here.One(id, context, caller, null, ct));
        sources.MapPost("/{id:guid}", (Guid id, HttpContext context, Caller caller, SourcePages here, CancellationToken ct) => here.Save(id, context, caller, ct));
        sources.MapPost("/{id:guid}/fetch", (Guid id, HttpContext context, Caller caller, SourcePages here, CancellationToken ct) => here.Fetch(id, context, caller, ct));
        sources.MapPost("/{id:guid}/delete", (Guid id, HttpContext context, Caller caller, SourcePages here, CancellationToken ct) => here.Delete(id, context, caller, ct));
    }

    private async Task<IResult> List(Caller caller, CancellationToken ct)
    {
        var (organization, sources) = await database.Read(caller, async session => ((await OrganizationQueries.Tenant(session)).Name, await ShowSources.All(session, time)), ct);
        return new RazorComponentResult<SourcesPage>(new { Organization = organization, Sources = sources });
    }

    private async Task<IResult> New(Caller caller, CancellationToken ct)
    {
        var (organization, form) = await database.Read(
            caller,
            async session => ((await OrganizationQueries.Tenant(session)).Name, new SourceFormView(
                null, 0, "", "", "", HasSecret: false, null, "day", "", "", "Etc/UTC", Enabled: true, "", new Dictionary<string, string>(StringComparer.Ordinal), await SourceFields.Choices(session, data))),
            ct);
        return new RazorComponentResult<SourcePage>(new { Organization = organization, Form = form });
    }

    private async Task<IResult> One(Guid id, HttpContext context, Caller caller, Problem? problem, CancellationToken ct)
    {
        var (organization, found, form) = await database.Read(caller, async session => ((await OrganizationQueries.Tenant(session)).Name, await View(id, session), await Form(id, session)), ct);
        if (!found.TryValue(out var view, out var missing))
        {
            return PageAnswer.Of(context, missing, organization);
        }

        return PageAnswer.IsPart(context) && context.Request.Method == HttpMethods.Get
            ? PageAnswer.Part<SourceState>(("View", view), ("Problem", problem))
            : PageAnswer.Page<SourcePage>(new { Organization = organization, View = view, Form = form, Problem = problem }, problem);
    }

    private async Task<IResult> Fetch(Guid id, HttpContext context, Caller caller, CancellationToken ct)
    {
        var asked = await database.Write(caller, session => FetchSource.Handle(id, session), ct);
        if (asked.Problem is null && !PageAnswer.IsPart(context))
        {
            return TypedResults.LocalRedirect($"{Home}/{id}");
        }

        if (asked.Problem is { Kind: ProblemKind.NotFound } || !PageAnswer.IsPart(context))
        {
            return await One(id, context, caller, asked.Problem, ct);
        }

        var view = await database.Read(caller, session => View(id, session), ct);
        return PageAnswer.Part<SourceState>(("View", view.Value), ("Problem", asked.Problem));
    }

    private async Task<IResult> Delete(Guid id, HttpContext context, Caller caller, CancellationToken ct)
    {
        var deleted = await database.Write(caller, session => ChangeSource.Delete(id, IfMatch.Any, session, time), ct);
        return deleted.Problem is { } problem ? await One(id, context, caller, problem, ct) : TypedResults.LocalRedirect(Home);
    }

    private async Task<IResult> Save(Guid? id, HttpContext context, Caller caller, CancellationToken ct)
    {
        var sent = await context.Form(ct);
        var saved = await database.Write(
            caller,
            session => id is { } there
                ? ChangeSource.Handle(there, MergePatch<SourceForm>.Of(SourceFields.Patch(sent)), Version(sent), session, outbound, seals, data, time)
                : CreateSource.Handle(MergePatch<SourceForm>.Of(SourceFields.Patch(sent)).ApplyTo(new SourceForm()), session, outbound, seals, data, time),
            ct);
        return saved.TryValue(out var source, out var problem) ? TypedResults.LocalRedirect($"{Home}/{source.SourceId}") : await Again(id, sent, problem, null, context, caller, ct);
    }

    // What is in the form, looked at as it would be fetched. Nothing is saved.
    private async Task<IResult> Check(HttpContext context, Caller caller, CancellationToken ct)
    {
        var sent = await context.Form(ct);
        Guid? id = Guid.TryParse(sent["id"], out var known) ? known : null;
        var choices = await database.Read(caller, session => SourceFields.Choices(session, data), ct);
        var read = await database.Read<Result<SourceForm>>(
            caller,
            async session =>
            {
                var there = id is { } one ? await Source.Read(session, one) : null;
                if (id is not null && there is null)
                {
                    return Problem.NotFound("source", id.Value.ToString());
                }

                // Of a form that is not complete yet, the address counts.
                var patch = SourceFields.Patch(sent);
                patch["name"] = sent["name"].ToString() is { Length: > 0 } name ? name : "A source";
                var form = MergePatch<SourceForm>.Of(patch).ApplyTo(there is null ? new SourceForm() : ChangeSource.Form(there));
                return await form.Check(session, outbound, data) is { } wrong ? wrong : form;
            },
            ct);
        var seen = read.TryValue(out var asked, out var problem) ? await check.Unsaved(asked, id, caller, ct) : problem;
        var found = seen.TryValue(out var response, out problem) ? SourceLook.Of(response) : null;
        return PageAnswer.IsPart(context) ? PageAnswer.Part<SourcePreview>(("Seen", found), ("Problem", problem), ("Chosen", SourceFields.Columns(sent)), ("Fields", choices.Fields)) : await Again(id, sent, problem, found, context, caller, ct);
    }

    // The page once more, with what was filled in but for the secret.
    private async Task<IResult> Again(Guid? id, IFormCollection sent, Problem? problem, SourceLook? seen, HttpContext context, Caller caller, CancellationToken ct)
    {
        var (organization, view, choices) = await database.Read(
            caller, async session => ((await OrganizationQueries.Tenant(session)).Name, id is { } there ? await View(there, session) : (Result<SourceView>?)null, await SourceFields.Choices(session, data)), ct);
        if (view?.Problem is { } missing)
        {
            return PageAnswer.Of(context, missing, organization);
        }

        var form = new SourceFormView(
            id, int.TryParse(sent["version"], System.Globalization.CultureInfo.InvariantCulture, out var version) ? version : 0, sent["name"].ToString(), sent["url"].ToString(), sent["header_name"].ToString(),
            view?.Value.Source.HasSecret ?? false, Guid.TryParse(sent["template"], out var template) ? template : null, sent["when"].ToString(), sent["at"].ToString(), sent["cron"].ToString(),
            sent["time_zone"].ToString(), sent["enabled"] == "yes", sent["facility"].ToString(), SourceFields.Columns(sent), choices);
        return PageAnswer.Page<SourcePage>(new { Organization = organization, View = view?.Value, Form = form, Problem = problem, Seen = seen }, problem);
    }

    private async Task<Result<SourceView>> View(Guid id, Session session) => (await Source.Find(session, id, time)).TryValue(out var source, out var problem)
        ? new SourceView(source, await JobQueue.Waiting(session, FetchSource.Key(id)) is not null && !(source.LastFetch?.RetryAt > time.GetUtcNow()), await Source.IsTakenBack(session, id), await ShowSources.Latest(session, id, Most))
        : problem;

    private async Task<SourceFormView?> Form(Guid id, Session session)
    {
        if (!(await Source.Find(session, id, time)).TryValue(out var there, out _))
        {
            return null;
        }

        var (when, at, cron) = TimeTables.Fields(there.Cron);
        return new SourceFormView(id, there.Version, there.Name, there.Url, there.HeaderName ?? "", there.HasSecret, there.TemplateId, when, at, cron, there.TimeZone, there.Enabled,
            there.Options.Facility ?? "", there.Options.Columns, await SourceFields.Choices(session, data));
    }

    private static IfMatch Version(IFormCollection sent) => int.TryParse(sent["version"], System.Globalization.CultureInfo.InvariantCulture, out var seen) ? new IfMatch(seen) : IfMatch.Any;
}
