using System.CommandLine;
using System.Globalization;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Cli;

/// <summary>audit: the operator's look at a trail's chain.</summary>
internal static class AuditCommand
{
    internal static Command Create()
    {
        var verb = new Verb("audit", "Check audit trails.") { Examples = ["audit verify --tenant acme"] };
        verb.Add(Verify());
        return verb;
    }

    private static Command Verify()
    {
        var slug = new Option<string?>("--tenant") { Description = "The tenant's slug; without it: the installation's own trail." };
        var seen = new Option<string?>("--seen") { Description = "A head of an earlier verification, NO:HASH: a trail that was cut short or written anew is found, too." };
        var state = HomeFolder.StateOption();
        var verb = new Verb("verify", "Recompute the hash chain over a trail; exit code 1 and the first bad row when something was tampered with.")
        {
            Examples = ["audit verify --tenant acme", "audit verify --tenant acme --seen 1204:9f86d0…"], Options = { slug, seen, state },
        };
        verb.SetAction(async (result, ct) =>
        {
            await using var opened = await OpenedDatabase.Open(HomeFolder.State(result, state), migrates: false, ct);
            var tenant = TenantId.None;
            if (result.GetValue(slug) is { } named && !(await TenantDirectory.Find(named, opened.Database, ct)).TryValue(out tenant, out var problem))
            {
                throw new UsageException($"{problem.Found}: {problem.Fix}");
            }

            var found = (await VerifyTrail.Handle(Head(result.GetValue(seen)), Caller.System(tenant, "cli:audit"), opened.Database, ct)).Value;
            var output = result.InvocationConfiguration.Output;
            if (found.Fault is { } fault)
            {
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"TAMPERED  {fault.What.Replace('_', ' ')}\n  row     {fault.AuditId}{(fault.No is { } no ? $", number {no}" : ", in no chain")}{(fault.At is { } at ? $", of {at.UtcDateTime:O}" : "")}\n  before  {found.Rows:N0} rows are as they were written"));
                return CommandLine.Fault;
            }

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{found.Rows:N0} rows recomputed, from number {found.FirstNo} on. Nothing was tampered with.\nhead  {found.Head.No}:{found.Head.Hash}\nKeep the head elsewhere: --seen compares with it."));
            return CommandLine.Done;
        });
        return verb;
    }

    private static VerifyTrail.Link? Head(string? text) => text is null ? null
        : text.Split(':') is [var no, var hash] && long.TryParse(no, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new VerifyTrail.Link(number, hash)
        : throw new UsageException("--seen takes a number and a hash with a colon between, as an earlier verification has printed them.");
}
