using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using OffGridFlow.Organizations.Tokens;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Secrets;

namespace OffGridFlow.Web.Cli;

/// <summary>keys: the operator's verbs on the installation's own keys.</summary>
internal static class KeysCommand
{
    internal static Command Create()
    {
        var verb = new Verb("keys", "Rotate the keys that tokens are signed with.") { Examples = ["keys rotate"] };
        verb.Add(Rotate());
        return verb;
    }

    private static Command Rotate()
    {
        var state = HomeFolder.StateOption();
        var verb = new Verb("rotate", "A new key signs tokens from now on. Tokens of the one before it stay good until they expire.")
        {
            Examples = ["keys rotate"], Options = { state },
        };
        verb.SetAction(async (result, ct) =>
        {
            var folder = HomeFolder.State(result, state);
            await using var opened = await OpenedDatabase.Open(folder, migrates: true, ct);
            using var bell = new Bell(opened.Database, NullLogger<Bell>.Instance);
            using var keys = new SigningKeys(opened.Database, new Seals(MasterKeys.Of(folder), TimeProvider.System), bell, TimeProvider.System);
            await keys.Rotate(onlyOlderThan: TimeSpan.Zero, ct);
            await result.InvocationConfiguration.Output.WriteLineAsync("A new key signs tokens. The one before it is published until its last token has expired.");
            return CommandLine.Done;
        });
        return verb;
    }
}
