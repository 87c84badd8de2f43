using System.CommandLine;
using System.Globalization;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Cli;

/// <summary>tenant import, tenant certificates: a tenant that comes from another installation, and those that are no more.</summary>
internal static class TenantDataCommand
{
    public static Command Import()
    {
        var place = new Argument<FileInfo>("file") { Description = "The zip of GET /api/v1/governance/export." };
        var slug = new Option<string?>("--tenant") { Description = "Another slug than it had." };
        var state = HomeFolder.StateOption();
        var verb = new Verb("import", "Bring a tenant's export into this installation, after checking every part of it.")
        {
            Examples = ["tenant import acme.zip", "tenant import acme.zip --tenant acme-pumps"], Arguments = { place }, Options = { slug, state },
        };
        verb.SetAction(async (result, ct) =>
        {
            var folder = HomeFolder.State(result, state);
            await using var opened = await OpenedDatabase.Open(folder, migrates: true, ct);
            var files = FileStore.At(Environment.GetEnvironmentVariable(Host.HostSettings.FilesVariable) ?? Path.Combine(folder, "files"), folder);
            await files.Claim(Regions.FromEnvironment().Own, ct);
            var made = await ImportTenant.Handle(result.GetValue(place)!.FullName, result.GetValue(slug), opened.Settings.Admin, opened.Database, files, ct);
            return TenantCommand.Print(result, made, tenant => string.Create(
                CultureInfo.InvariantCulture,
                $"tenant  {tenant.Slug}  {tenant.Tenant}\n{tenant.Rows:N0} rows, {tenant.Files:N0} files; {tenant.Members:N0} members without an account until now{Known(tenant.Known)}{(tenant.WasToEnd ? "\nIts deletion had been asked for where it comes from: here it stays, until somebody asks again." : "")}\nSecrets stayed behind: 'tenant key' and 'tenant owner' let somebody in."));
        });
        return verb;
    }

    private static string Known(IReadOnlyList<ImportTenant.KnownPerson> known) =>
        string.Concat(known.Select(one => $"\n{one.Email} has an account here already: {one.There} is {one.Here} from now on"));

    public static Command Certificates()
    {
        var state = HomeFolder.StateOption();
        var verb = new Verb("certificates", "List the tenants that were erased, with what was.") { Examples = ["tenant certificates"], Options = { state } };
        verb.SetAction(async (result, ct) =>
        {
            await using var opened = await OpenedDatabase.Open(HomeFolder.State(result, state), migrates: true, ct);
            foreach (var certificate in await ErasureCertificate.All(opened.Database, ct))
            {
                await result.InvocationConfiguration.Output.WriteLineAsync(
                    $"{certificate.TenantId}  {certificate.ErasedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC  sha256 {Convert.ToHexStringLower(certificate.Hash)}{(certificate.IsWhole ? "" : "  CHANGED SINCE")}\n{certificate.Body}");
            }

            return CommandLine.Done;
        });
        return verb;
    }
}
