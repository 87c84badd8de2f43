using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Organizations.Tokens;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Cli;

/// <summary>keys: the operator's verbs on the installation's own keys.</summary>
internal static class KeysCommand
{
    internal static Command Create()
    {
        var verb = new Verb("keys", "Rotate the installation's own keys: those that sign tokens, and the one that seals secrets.") { Examples = ["keys rotate", "keys rotate --master"] };
        verb.Add(Rotate());
        return verb;
    }

    private static Command Rotate()
    {
        var master = new Option<bool>("--master") { Description = "The master key instead: every tenant's data key is sealed with a new one." };
        var state = HomeFolder.StateOption();
        var verb = new Verb("rotate", "A new key signs tokens from now on. Tokens of the one before it stay good until they expire.")
        {
            Examples = ["keys rotate", "keys rotate --master"], Options = { master, state },
        };
        verb.SetAction(async (result, ct) =>
        {
            var folder = HomeFolder.State(result, state);
            await using var opened = await OpenedDatabase.Open(folder, migrates: true, ct);
            var masters = MasterKeys.Of(folder);
            var seals = new Seals(masters, TimeProvider.System);
            await result.InvocationConfiguration.Output.WriteLineAsync(result.GetValue(master) ? await RotateMaster(masters, seals, opened.Database, ct) : await RotateSigning(seals, opened.Database, ct));
            return CommandLine.Done;
        });
        return verb;
    }

    private static async Task<string> RotateSigning(Seals seals, Database database, CancellationToken ct)
    {
        using var bell = new Bell(database, NullLogger<Bell>.Instance);
        using var keys = new SigningKeys(database, seals, bell, TimeProvider.System);
        await keys.Rotate(onlyOlderThan: TimeSpan.Zero, ct);
        return "A new key signs tokens. The one before it is published until its last token has expired.";
    }

    // Older ones stay where they are, for backups of the database that they seal.
    private static async Task<string> RotateMaster(MasterKeys masters, Seals seals, Database database, CancellationToken ct)
    {
        if (masters.IsInFile)
        {
            masters.Add(TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture));
        }

        var (tenants, sealedAnew) = (await TenantDirectory.List(database, ct), 0);
        foreach (var tenant in tenants.Select(one => new TenantId(one.Id)).Prepend(TenantId.None))
        {
            sealedAnew += (await database.Write<int>(Caller.System(tenant, "cli:keys"), async session => await seals.Rewrap(session), ct)).Value;
        }

        return $"{sealedAnew} data keys are sealed with the master key {masters.Current}."
            + (masters.IsInFile ? "" : $" It is the first of {MasterKeys.Variable}: to rotate it, put a new one in front there, on every server, and run this again.");
    }
}
