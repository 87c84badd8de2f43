using System.CommandLine;
using OffGridFlow.Activities;
using OffGridFlow.Ledger.Bundles;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Cli;

/// <summary>bundle: the evidence of a period in one file.</summary>
internal static class BundleCommand
{
    internal static Command Create()
    {
        var slug = new Option<string>("--tenant") { Required = true, Description = "The tenant's slug." };
        var period = new Option<string>("--period") { Required = true, Description = "Code of a period: 2025, 2025-Q1, 2025-03." };
        var place = new Argument<FileInfo>("out") { Description = "Where the bundle goes." };
        var state = HomeFolder.StateOption();
        var verb = new Verb("bundle", "Write the evidence of a period: inputs, factors, calculations, entries, proofs and raw files. 'verify' recomputes it.")
        {
            Examples = ["bundle --tenant acme --period 2025 acme-2025.zip"],
            Arguments = { place },
            Options = { slug, period, state },
        };
        verb.SetAction(async (result, ct) =>
        {
            var folder = HomeFolder.State(result, state);
            await using var opened = await OpenedDatabase.Open(folder, migrates: false, ct);
            if (!(await TenantDirectory.Find(result.GetValue(slug)!, opened.Database, ct)).TryValue(out var tenant, out var problem))
            {
                throw new UsageException($"{problem.Found}: {problem.Fix}");
            }

            var files = FileStore.At(Environment.GetEnvironmentVariable(Host.HostSettings.FilesVariable) ?? Path.Combine(folder, "files"), folder);
            var data = Factors.ReferenceData.Load(DataFolder.Find());
            var made = await WriteBundle.Handle(
                Caller.System(tenant, "cli:bundle"), result.GetValue(period)!, result.GetValue(place)!.FullName, opened.Database, new ActivityQueries(files), data, TimeProvider.System, ct);
            if (!made.TryValue(out var bundle, out problem))
            {
                throw new UsageException($"There is no period '{problem.Found}'. The tenant's periods are {problem.Expected}.");
            }

            await result.InvocationConfiguration.Output.WriteLineAsync(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{result.GetValue(place)!.Name}  {bundle.Entries:N0} entries, {bundle.Activities:N0} activities, {bundle.Files:N0} files, {bundle.Bytes:N0} bytes\nsha256  {bundle.Sha256}\nKeep the number apart from the bundle: 'verify' prints it again."));
            return CommandLine.Done;
        });
        return verb;
    }
}
