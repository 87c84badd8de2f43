using System.CommandLine;
using System.Globalization;
using OffGridFlow.Activities;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Cli;

/// <summary>tenant move, tenant place: which region has a tenant.</summary>
internal static class TenantRegionCommand
{
    public static Command Move()
    {
        var slug = new Option<string>("--tenant") { Required = true, Description = "The tenant's slug." };
        var to = new Option<string?>("--to") { Description = "The region it moves to." };
        var back = new Option<bool>("--back") { Description = "Take a move back: what is left here opens again." };
        var place = new Argument<FileInfo?>("file") { Arity = ArgumentArity.ZeroOrOne, Description = "Where its data are written; 'tenant import' brings them in over there." };
        var state = HomeFolder.StateOption();
        var verb = new Verb("move", "Close a tenant here for good, write its data into a file for another region, and send whoever asks for it there.")
        {
            Examples = ["tenant move --tenant acme --to us acme.zip", "tenant move --tenant acme --back"], Arguments = { place }, Options = { slug, to, back, state },
        };
        verb.SetAction(async (result, ct) =>
        {
            var folder = HomeFolder.State(result, state);
            await using var opened = await OpenedDatabase.Open(folder, migrates: true, ct);
            if (result.GetValue(back))
            {
                return TenantCommand.Print(result, await MoveTenant.Back(result.GetValue(slug)!, opened.Database, TimeProvider.System, ct), tenant => $"tenant  {tenant} is here again.");
            }

            if (result.GetValue(to) is not { } region || result.GetValue(place) is not { } file)
            {
                throw new UsageException("A move names the region it goes to (--to) and the file its data are written into.");
            }

            if (file.Exists)
            {
                throw new UsageException($"{file.FullName} is there already.");
            }

            var files = FileStore.At(Environment.GetEnvironmentVariable(HostSettings.FilesVariable) ?? Path.Combine(folder, "files"), folder);
            var export = new ExportTenant(opened.Database, files, new TenantFiles(ActivityQueries.Files), TimeProvider.System);
            var moved = await MoveTenant.Away(result.GetValue(slug)!, region, () => Written(file), Regions.FromEnvironment(), export, opened.Database, ct);
            return TenantCommand.Print(result, moved, tenant => string.Create(
                CultureInfo.InvariantCulture,
                $"tenant  {tenant.Slug} is closed here; whoever asks for it is sent to {tenant.Region}\nwritten {file.FullName}: {tenant.Written.Rows:N0} rows, {tenant.Written.Parts:N0} parts\nerased  here on {tenant.ErasedOn.UtcDateTime:yyyy-MM-dd}, unless 'tenant move --tenant {tenant.Slug} --back' comes first\nThere: tenant import {file.Name}"));
        });
        return verb;
    }

    // Everything of a tenant: for its owner's eyes.
    private static FileStream Written(FileInfo file) =>
        new(file.FullName, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });

    public static Command Place()
    {
        var slug = new Option<string>("--slug") { Required = true, Description = "The slug of a tenant that another region has." };
        var region = new Option<string>("--region") { Required = true, Description = "Which; this installation's own takes the entry away." };
        var state = HomeFolder.StateOption();
        var verb = new Verb("place", "Note which other region has a tenant: whoever comes to its host name here is sent there.")
        {
            Examples = ["tenant place --slug acme --region us"], Options = { slug, region, state },
        };
        verb.SetAction(async (result, ct) =>
        {
            await using var opened = await OpenedDatabase.Open(HomeFolder.State(result, state), migrates: true, ct);
            var placed = await RegionDirectory.Place(result.GetValue(slug)!, result.GetValue(region)!, Regions.FromEnvironment(), opened.Database, ct);
            return TenantCommand.Print(result, placed, there => $"{result.GetValue(slug)}  {there}");
        });
        return verb;
    }
}
