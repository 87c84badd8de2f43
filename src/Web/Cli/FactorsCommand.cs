using System.CommandLine;

namespace OffGridFlow.Web.Cli;

/// <summary>factors: everything about the factor library.</summary>
internal static class FactorsCommand
{
    internal static Command Create() => new Verb("factors", "The factor library: build, check, compare, find, release.")
    {
        Subcommands =
        {
            FactorsBuildCommand.Create(),
            FactorsCheckCommand.Create(),
            FactorsDiffCommand.Create(),
            FactorsListCommand.Create(),
            FactorsSearchCommand.Create(),
            FactorsShowCommand.Create(),
            FactorsSourcesCommand.Create(),
            FactorsReleaseCommand.Create(),
        },
    };
}
