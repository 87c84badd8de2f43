using System.CommandLine;
using System.Text;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;
using OffGridFlow.Web.Pages.Imports;

namespace OffGridFlow.Web.Cli;

/// <summary>import: takes a file into a tenant's books, and with --wait reads and posts it and prints its conservation sheet.</summary>
internal static class ImportCommand
{
    /// <summary>Exit code: <c>--strict</c>, and something was rejected. The others are those of <c>estimate</c>.</summary>
    private const int Rejected = 3;

    // A job that is dead is no matter of milliseconds.
    private const int LooksForTheDead = 10;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>What the command line says, beside the file.</summary>
    private sealed record Said(string Tenant, ImportOptions Options, string? Template, string? Period, bool Wait, bool Strict, string State, string DataFolder);

    internal static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "Activities: .csv, .tsv, .xlsx or .xls." };
        var tenant = new Option<string>("--tenant") { Required = true, Description = "The tenant's slug." };
        var wait = new Option<bool>("--wait") { Description = "Read and post it now, and print what became of its rows." };
        var strict = new Option<bool>("--strict") { Description = "With --wait: exit with 3 when any row was rejected." };
        var template = new Option<string?>("--template") { Description = "Name or id of a saved way to read files; what is said here goes first." };
        var decimals = new Option<string?>("--decimal") { Description = "Decimal mark of the whole file, where the file itself leaves doubt: point or comma." };
        decimals.AcceptOnlyFromAmong("point", "comma");
        var dates = new Option<string?>("--dates") { Description = "Order of day and month, where the file itself leaves doubt: dmy or mdy." };
        dates.AcceptOnlyFromAmong("dmy", "mdy");
        var facility = new Option<string?>("--facility") { Description = "Code or name of the facility of rows that name none." };
        var entity = new Option<string?>("--entity") { Description = "Code or name of the entity of rows that name neither." };
        var period = new Option<string?>("--period") { Description = "The days of rows that name none: a period's code, or 2025, 2025-Q1, 2025-03." };
        var unknown = new Option<string?>("--unknown-places") { Description = "Rows whose facility or entity the tenant does not have: keep them without one (the default), create it, or reject them." };
        unknown.AcceptOnlyFromAmong("keep", "create", "reject");
        var state = HomeFolder.StateOption();
        var verb = new Verb("import", "Take a file into a tenant's books: every row ends as an activity, or as a row that was not taken and why.")
        {
            Examples = ["import bills.csv --tenant acme --wait", "import meters.xlsx --tenant acme --template \"Meter export\" --facility LEE-HO --period 2025-03 --wait --strict"],
            Options = { tenant, wait, strict, template, facility, entity, period, unknown, decimals, dates, state },
        };
        verb.Add(file);
        verb.SetAction((result, ct) => Run(
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error,
            result.GetValue(file)!,
            new Said(
                result.GetValue(tenant)!,
                new ImportOptions
                {
                    Decimal = result.GetValue(decimals), Dates = result.GetValue(dates), Facility = result.GetValue(facility), Entity = result.GetValue(entity),
                    UnknownPlaces = result.GetValue(unknown),
                },
                result.GetValue(template), result.GetValue(period), result.GetValue(wait) || result.GetValue(strict), result.GetValue(strict),
                HomeFolder.State(result, state), DataFolder.Find()),
            ct));
        return verb;
    }

    private static async Task<int> Run(TextWriter output, TextWriter error, FileInfo file, Said said, CancellationToken ct)
    {
        await using var content = file.OpenRead();
        await using var opened = await OpenedDatabase.Open(said.State, migrates: true, ct);
        if (!(await TenantDirectory.Find(said.Tenant, opened.Database, ct)).TryValue(out var tenant, out var problem))
        {
            return Say(error, problem);
        }

        // A server that runs would read the file as well: whichever worker is free takes it.
        await using var host = ProductHost.Build(new HostSettings(opened.Database, said.DataFolder, said.State) { Serves = false, Works = said.Wait });
        var caller = Caller.System(tenant, "cli:import");
        var (template, options) = await opened.Database.Read(caller, session => Understood(said, session), ct);
        var files = host.Services.GetRequiredService<FileStore>();
        if (await files.Put(tenant, content, files.MostBytes, ct) is not { } stored)
        {
            return Say(error, new Problem("file.too-large", "file", $"{content.Length} bytes", $"at most {files.MostBytes} bytes", "Split the file."));
        }

        var request = new StartImport.Request(stored, file.Name, "application/octet-stream", options, template);
        var data = host.Services.GetRequiredService<Factors.ReferenceData>();
        if (!(await opened.Database.Write(caller, session => StartImport.Handle(request, session, data, TimeProvider.System), ct)).TryValue(out var started, out problem))
        {
            return Say(error, problem);
        }

        if (!said.Wait)
        {
            await output.WriteLineAsync($"import  {started.ImportId}\nSHA-256 {started.Sha256}\nA worker reads it: './offgridflow up' runs some.");
            return CommandLine.Done;
        }

        await host.StartAsync(ct);
        var (view, dead) = await Ended(opened.Database, host.Services.GetRequiredService<ImportStates>(), caller, started.ImportId, file, error, ct);
        await host.StopAsync(CancellationToken.None);
        var sums = await opened.Database.Read(
            caller, async session => await PostedImport.Sums(session, [started.ImportId, .. await ImportLists.Placements(session, started.ImportId)]), ct);
        await output.WriteAsync(ImportSheet.Of(view, sums));
        return (view.Import.Problem ?? dead) is { } failed ? Say(error, failed) : said.Strict && view.Rows("rejected") > 0 ? Rejected : CommandLine.Done;
    }

    // What names something that is not there was not meant: better now than in the job.
    private static async Task<(Guid? Template, ImportOptions Options)> Understood(Said said, Session session)
    {
        var template = said.Template is null ? (Guid?)null
            : await ImportTemplates.Named(session, said.Template) ?? throw new UsageException($"There is no import template '{said.Template}': GET /api/v1/import-templates lists them.");
        if (said.Options.Facility is { } facility && (await OrganizationQueries.Facilities(session)).Find(facility, out _) is null)
        {
            throw new UsageException($"There is no facility '{facility}', or several go by this name: write its code.");
        }

        if (said.Options.Entity is { } entity && (await OrganizationQueries.Entities(session)).Find(entity, out _) is null)
        {
            throw new UsageException($"There is no entity '{entity}', or several go by this name: write its code.");
        }

        if (said.Period is not { } period)
        {
            return (template, said.Options);
        }

        var calendar = await OrganizationQueries.Periods(session);
        if (calendar.All.FirstOrDefault(one => string.Equals(one.Code, period, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return (template, said.Options with { Start = known.StartsOn, End = known.EndsOn });
        }

        // Four figures alone are a fiscal year, which only its period knows the days of.
        var isFiscal = period.Length == 4 && (await OrganizationQueries.Tenant(session)).FiscalYearStart != 1;
        return !isFiscal && DateText.TryParse(Encoding.UTF8.GetBytes(period), DateOrder.Unknown, out var days, out _)
            ? (template, said.Options with { Start = days.First, End = days.Last })
            : throw new UsageException($"'{period}' is no period: write one as 2025, 2025-Q1 or 2025-03, or the code of one of: {string.Join(", ", calendar.All.Select(one => one.Code))}.");
    }

    private static async Task<(ImportView View, Problem? Dead)> Ended(
        Database database, ImportStates states, Caller caller, Guid id, FileInfo file, TextWriter error, CancellationToken ct)
    {
        var tells = !Console.IsErrorRedirected;
        var expected = tells ? ImportProgress.Expected(file) : null;
        var begun = TimeProvider.System.GetTimestamp();
        for (var looks = 1; ; looks++)
        {
            var now = (await states.Find(caller, id, 0, ct))!;
            if (tells)
            {
                var said = now.Import.Status is "queued" or "reading" ? ImportProgress.Line(now.Import.RowsRead, expected, TimeProvider.System.GetElapsedTime(begun))
                    : now.IsSettled ? "" : $"posting: {now.Entries:#,0} entries";
                await error.WriteAsync($"\r{said,-60}{(now.IsSettled ? "\r" : "")}");
            }

            if (now.IsSettled)
            {
                return (now, null);
            }

            if (looks % LooksForTheDead == 0 && await database.Read(caller, session => JobQueue.Dead(session, "import_id", id.ToString()), ct) is { } dead)
            {
                return (now, new Problem("import.job-dead", "import", dead.Name, "a job that comes to its end", $"See GET /api/v1/jobs/{dead.JobId}, and requeue it when the cause is mended."));
            }

            await Task.Delay(Look, ct);
        }
    }

    private static int Say(TextWriter error, Problem problem)
    {
        error.WriteLine($"{problem.Code}: found {problem.Found}; expected {problem.Expected}. {problem.Fix}");
        return CommandLine.Fault;
    }
}
