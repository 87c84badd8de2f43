using System.CommandLine;

namespace OffGridFlow.Web.Cli;

/// <summary>factors: everything about the factor library.</summary>
internal static class FactorsCommand
{
    internal static Command Create() => new Verb("factors", "The factor library: build, check, compare, find.")
    {
        Subcommands =
        {
            FactorsBuildCommand.Create(),
            FactorsCheckCommand.Create(),
        },
    };
}
