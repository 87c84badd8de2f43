using System.CommandLine;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Web.Cli;

/// <summary>down: stops what <c>up</c> started: the server, its workers and the private database.</summary>
internal static class DownCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    internal static Command Create()
    {
        var state = HomeFolder.StateOption();
        var verb = new Verb("down", "Stop the server, its workers and the private database.") { Examples = ["down"], Options = { state } };
        verb.SetAction(async (result, ct) =>
        {
            var folder = HomeFolder.State(result, state);
            var output = result.InvocationConfiguration.Output;
            var server = await ServerRecord.Running(folder, ct);
            if (server is not null && !await server.Stop(Patience, ct))
            {
                throw new IOException($"The server (process {server.Process}) does not stop.");
            }

            var database = EmbeddedServer.Stop(folder);
            await output.WriteLineAsync(server is not null || database ? "Stopped." : "Nothing was running.");
            return CommandLine.Done;
        });
        return verb;
    }
}
