using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace OffGridFlow.Web.Cli;

/// <summary>Parses and runs a command line. Exit codes: 0 done, 1 a fault or a failed check, 2 not understood.</summary>
internal static class CommandLine
{
    public const int Done = 0;
    public const int Fault = 1;
    public const int Usage = 2;

    /// <summary>The product's own command line. Two of the launcher's verbs are not the program's: it names them.</summary>
    public static RootCommand Root(params ReadOnlySpan<Command> commands) => Root(
        "offgridflow",
        "Carbon accounting: activities in, an explainable footprint out. 'offgridflow test' runs every test, 'offgridflow bench' the benchmarks.",
        commands);

    /// <param name="launcher">What people type to reach it.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="commands">Its verbs.</param>
    public static RootCommand Root(string launcher, string description, params ReadOnlySpan<Command> commands)
    {
        var root = new RootCommand(description);
        foreach (var command in commands)
        {
            root.Add(command);
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples(launcher, (SynchronousCommandLineAction)help.Action!);
        return root;
    }

    public static int Run(RootCommand root, IReadOnlyList<string> args, TextWriter? output = null, TextWriter? error = null)
    {
        var configuration = new InvocationConfiguration
        {
            Output = output ?? Console.Out,
            Error = error ?? Console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(30), // A server finishes what it has in hand.
        };
        var parsed = root.Parse(args.Count == 0 ? ["--help"] : args);
        try
        {
            var code = parsed.Invoke(configuration);
            return parsed.Action is ParseErrorAction ? Usage : code;
        }
        catch (UsageException mistake)
        {
            configuration.Error.WriteLine(mistake.Message);
            return Usage;
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            configuration.Error.WriteLine(fault.Message);
            return Fault;
        }
    }

    // The default help under the launcher's name, then the command's examples.
    private sealed class HelpWithExamples(string launcher, SynchronousCommandLineAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var printed = parseResult.InvocationConfiguration.Output;
            using var text = new StringWriter();
            parseResult.InvocationConfiguration.Output = text;
            var code = help.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = printed;
            printed.Write(text.ToString().Replace(parseResult.RootCommandResult.Command.Name, launcher, StringComparison.Ordinal));
            if (parseResult.CommandResult.Command is Verb { Examples: { Count: > 0 } examples })
            {
                printed.WriteLine("Examples:");
                foreach (var example in examples)
                {
                    printed.WriteLine($"  {launcher} {example}");
                }

                printed.WriteLine();
            }

            return code;
        }
    }
}

/// <summary>A command whose help shows how it is used.</summary>
internal sealed class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Without the program's name: <c>factors search diesel</c>.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];
}

/// <summary>The command line asks for something that cannot be: exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
