using Microsoft.AspNetCore.Mvc;
using OffGridFlow.Activities;
using OffGridFlow.Activities.Flags;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Ledger;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Imports;

/// <summary>A file dropped on the page, from its arrival to its conservation sheet; its rows; taking it back.</summary>
internal static class ImportPages
{
    private const int ProblemsShown = 12;
    private const int Listed = 50;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapPost("/imports", Drop).WithMetadata(new DisableRequestSizeLimitAttribute()).TakingItsTime().WithinFacilities();
        pages.MapGet("/imports", List).WithinFacilities();
        pages.MapGet("/imports/{id:guid}", Show).WithinFacilities();
        pages.MapPost("/imports/{id:guid}/places", Place).WithinFacilities();
        pages.MapPost("/imports/{id:guid}/flags/{flag:guid}", Decide).WithinFacilities();
        pages.MapPost("/imports/{id:guid}/undo", Undo).WithinFacilities();
        pages.MapGet("/imports/{id:guid}/rejected.csv", (Guid id) => TypedResults.LocalRedirect($"/api/v1/imports/{id}/rejected.csv")).WithinFacilities();
        pages.MapGet("/imports/{id:guid}/rows/{row:long}", Row).WithinFacilities();
    }

    private static async Task<IResult> Drop(
        HttpContext context, Caller caller, Database database, FileStore files, ReferenceData data, TimeProvider time, ImportStates states, CancellationToken ct)
    {
        var received = await PostImport.Received(context.Request, caller, files, null, ct);
        if (!received.TryValue(out var arrived, out var problem))
        {
            return PageAnswer.Of(context, problem);
        }

        var wanted = new StartImport.Request(arrived.File, arrived.Name, arrived.ContentType, new ImportOptions());
        var started = await database.Write(caller, session => StartImport.Handle(wanted, session, data, time), ct);
        if (!started.TryValue(out var import, out problem))
        {
            return PageAnswer.Of(context, problem);
        }

        return PageAnswer.IsPart(context) ? await State(context, caller, states, import.ImportId, ct) : TypedResults.LocalRedirect($"/imports/{import.ImportId}");
    }

    private static Task<IResult> Show(Guid id, HttpContext context, Caller caller, ImportStates states, CancellationToken ct) =>
        State(context, caller, states, id, ct);

    private static async Task<IResult> Undo(Guid id, HttpContext context, Caller caller, Database database, ImportStates states, CancellationToken ct)
    {
        var form = await context.Form(ct);
        var undone = await database.Write(caller, session => UndoImport.Handle(id, new UndoImport.Request(form["reason"].ToString()), session), ct);
        return await Done(context, caller, states, id, undone.Problem, ct);
    }

    private static async Task<IResult> List(HttpContext context, Guid? before, Caller caller, Database database, CancellationToken ct)
    {
        var (organization, page) = await database.Read(
            caller, async session => ((await OrganizationQueries.Tenant(session)).Name, await ImportLists.Before(session, before, Listed, ShowImports.OwnOnly(caller))), ct);
        return PageAnswer.Of<ImportList>(context, "All imports", organization, ("Imports", page.Imports), ("Next", page.Next), ("Drops", (caller.May.Has(Permission.ImportsWrite) || caller.FacilitiesFor(Permission.ImportsWrite) is { Count: > 0 }) && !PageAnswer.IsPart(context)));
    }

    // Three lists side by side: what is named, and what a person says it is. Nothing said leaves it open.
    private static async Task<IResult> Place(Guid id, HttpContext context, Caller caller, Database database, ImportStates states, CancellationToken ct)
    {
        var form = await context.Form(ct);
        var wanted = form["field"].Zip(form["name"], form["is"]).Where(one => !string.IsNullOrEmpty(one.Third))
            .Select(one => new PlaceRows.Wanted(one.Second, one.First ?? "", one.Third == "new" ? null : one.Third)).ToList();
        var entity = string.IsNullOrEmpty(form["entity"]) ? null : form["entity"].ToString();
        var placed = await database.Write(caller, session => PlaceRows.Handle(id, new PlaceRows.Request(wanted, entity), session), ct);
        return await Done(context, caller, states, id, placed.Problem, ct);
    }

    private static async Task<IResult> Decide(
        Guid id, Guid flag, HttpContext context, Caller caller, Database database, ActivityQueries activities, TimeProvider time, ImportStates states, CancellationToken ct)
    {
        var form = await context.Form(ct);
        Guid? withdraw = Guid.TryParse(form["decision"], out var activity) ? activity : null;
        var request = new ResolveFlag.Request(form["reason"].ToString(), form["decision"] == "keep", withdraw);
        var decided = await database.Write(caller, session => ResolveFlag.Handle(flag, request, session, activities, time), ct);
        return await Done(context, caller, states, id, decided.Problem, ct);
    }

    // What went wrong stands above the sheet, which is still there to be mended.
    private static async Task<IResult> Done(HttpContext context, Caller caller, ImportStates states, Guid id, Problem? problem, CancellationToken ct) =>
        PageAnswer.IsPart(context) && problem is not { Kind: ProblemKind.NotFound } ? await State(context, caller, states, id, ct, problem)
        : problem is null ? TypedResults.LocalRedirect($"/imports/{id}")
        : PageAnswer.Of(context, problem);

    private static async Task<IResult> State(HttpContext context, Caller caller, ImportStates states, Guid id, CancellationToken ct, Problem? trouble = null)
    {
        if (await states.Find(caller, id, ProblemsShown, ct) is not { } view || !ShowImports.Shows(view.Import.CreatedBy, caller))
        {
            return PageAnswer.Of(context, Problem.NotFound("import", id.ToString()));
        }

        if (view.IsAtRest && PageAnswer.IsPart(context))
        {
            // The figures on the page are of before: they hear it and ask again.
            context.Response.Headers["HX-Trigger"] = "posted";
        }

        var (title, organization) = (view.Import.FileName ?? "Import", await states.Organization(caller, ct));
        return PageAnswer.IsPart(context)
            ? PageAnswer.Of<ImportState>(context, title, organization, ("View", view), ("Trouble", trouble))
            : PageAnswer.Of<ImportPage>(context, title, organization, ("View", view), ("Trouble", trouble));
    }

    private static async Task<IResult> Row(
        Guid id, long row, string? entry, HttpContext context, Caller caller, Database database, ActivityQueries activities, CancellationToken ct)
    {
        var (organization, found, problem) = await database.Read(
            caller,
            async session => ((await OrganizationQueries.Tenant(session)).Name, await ShowRow.Shows(id, row, session) ? await activities.RawRow(session, id, row, ct) : null, await ImportLists.NotTaken(session, id, row)),
            ct);
        if (found is null)
        {
            return PageAnswer.Of(context, Problem.NotFound("row", $"{id}, row {row}"), organization);
        }

        var marked = new HashSet<string>(StringComparer.Ordinal) { problem?.Problem?.Column ?? "quantity" };
        return PageAnswer.Of<RowPanel>(context, $"Row {row}", organization, ("Row", found), ("Marked", marked), ("Entry", entry));
    }
}
