using System.CommandLine;
using System.Globalization;
using OffGridFlow.Activities;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Cli;

/// <summary>import: takes a file into a tenant's books, and with --wait reads it and prints its conservation sheet.</summary>
internal static class ImportCommand
{
    /// <summary>Exit code: <c>--strict</c>, and something was rejected.</summary>
    private const int Rejected = 3;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    internal static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "Activities: .csv, .tsv, .xlsx or .xls." };
        var tenant = new Option<string>("--tenant") { Required = true, Description = "The tenant's slug." };
        var wait = new Option<bool>("--wait") { Description = "Read it now, and print what became of its rows." };
        var strict = new Option<bool>("--strict") { Description = "With --wait: exit with 3 when any row was rejected." };
        var decimals = new Option<string?>("--decimal") { Description = "Decimal mark of the whole file, where the file itself leaves doubt: point or comma." };
        decimals.AcceptOnlyFromAmong("point", "comma");
        var dates = new Option<string?>("--dates") { Description = "Order of day and month, where the file itself leaves doubt: dmy or mdy." };
        dates.AcceptOnlyFromAmong("dmy", "mdy");
        var facility = new Option<string?>("--facility") { Description = "Code or name of the facility of rows that name none." };
        var entity = new Option<string?>("--entity") { Description = "Code or name of the entity of rows that name neither." };
        var keep = new Option<bool>("--keep-unknown-places") { Description = "Take rows whose facility or entity the tenant does not have, without one." };
        var state = HomeFolder.StateOption();
        var verb = new Verb("import", "Take a file into a tenant's books: every row ends as an activity, or as a row that was not taken and why.")
        {
            Examples = ["import bills.csv --tenant acme --wait", "import activities.xlsx --tenant acme --decimal comma --wait --strict"],
            Options = { tenant, wait, strict, decimals, dates, facility, entity, keep, state },
        };
        verb.Add(file);
        verb.SetAction((result, ct) => Run(
            result,
            result.GetValue(file)!,
            result.GetValue(tenant)!,
            new ImportOptions
            {
                Decimal = result.GetValue(decimals), Dates = result.GetValue(dates), Facility = result.GetValue(facility), Entity = result.GetValue(entity),
                UnknownPlaces = result.GetValue(keep) ? "keep" : null,
            },
            result.GetValue(wait) || result.GetValue(strict),
            result.GetValue(strict),
            HomeFolder.State(result, state),
            DataFolder.Find(),
            ct));
        return verb;
    }

    private static async Task<int> Run(
        ParseResult result, FileInfo file, string slug, ImportOptions options, bool wait, bool strict, string state, string dataFolder, CancellationToken ct)
    {
        var (output, error) = (result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
        await using var content = file.OpenRead();
        await using var opened = await OpenedDatabase.Open(state, migrates: true, ct);
        if (!(await TenantDirectory.Find(slug, opened.Database, ct)).TryValue(out var tenant, out var problem))
        {
            return Say(error, problem);
        }

        // A server that runs would read the file as well: whichever worker is free takes it.
        await using var host = ProductHost.Build(new HostSettings(opened.Database, dataFolder, state) { Serves = false, Works = wait });
        var caller = Caller.System(tenant, "cli:import");
        var files = host.Services.GetRequiredService<FileStore>();
        if (await files.Put(tenant, content, files.MostBytes, ct) is not { } stored)
        {
            return Say(error, new Problem("file.too-large", "file", $"{content.Length} bytes", $"at most {files.MostBytes} bytes", "Split the file."));
        }

        var request = new StartImport.Request(stored, file.Name, "application/octet-stream", options);
        var data = host.Services.GetRequiredService<Factors.ReferenceData>();
        if (!(await opened.Database.Write(caller, session => StartImport.Handle(request, session, data, TimeProvider.System), ct)).TryValue(out var started, out problem))
        {
            return Say(error, problem);
        }

        if (!wait)
        {
            await output.WriteLineAsync($"import  {started.ImportId}\nSHA-256 {started.Sha256}\nA worker reads it: './offgridflow up' runs some.");
            return CommandLine.Done;
        }

        await host.StartAsync(ct);
        var read = await Ended(opened.Database, host.Services.GetRequiredService<ActivityQueries>(), caller, started.ImportId, error, ct);
        await host.StopAsync(CancellationToken.None);
        await output.WriteAsync(Sheet(read));
        return read.Problem is { } failed ? Say(error, failed) : strict && read.Rows["rejected"] > 0 ? Rejected : CommandLine.Done;
    }

    private static async Task<ImportSummary> Ended(Database database, ActivityQueries queries, Caller caller, Guid id, TextWriter error, CancellationToken ct)
    {
        while (true)
        {
            var now = (await database.Read(caller, session => queries.Import(session, id), ct))!;
            if (!Console.IsErrorRedirected)
            {
                await error.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"\r{now.RowsRead:#,0} rows "));
            }

            if (now.Status is not ("queued" or "reading"))
            {
                return now;
            }

            await Task.Delay(Look, ct);
        }
    }

    /// <summary>Rows in are the sum of their dispositions; quantities by unit and disposition.</summary>
    private static string Sheet(ImportSummary import)
    {
        var text = new System.Text.StringBuilder();
        var invariant = CultureInfo.InvariantCulture;
        text.Append(invariant, $"\nImport   {import.ImportId}, {import.Status}\nSHA-256  {import.Sha256}\n");
        foreach (var message in import.Messages)
        {
            text.Append(invariant, $"Note     {message}\n");
        }

        text.Append(invariant, $"\nRows     {import.RowsRead} = {string.Join(" + ", import.Rows.Select(row => string.Create(invariant, $"{row.Value} {row.Key}")))}\n");
        foreach (var part in import.Quantities)
        {
            text.Append(invariant, $"         {part.Quantity,20} {part.Unit,-12} in {part.Rows} rows {part.Disposition}\n");
        }

        return text.ToString();
    }

    private static int Say(TextWriter error, Problem problem)
    {
        error.WriteLine($"{problem.Code}: found {problem.Found}; expected {problem.Expected}. {problem.Fix}");
        return CommandLine.Fault;
    }
}
