using OffGridFlow.Web.Cli;

namespace OffGridFlow.App.Tests.Cli;

/// <summary>The program's verbs with what they print captured.</summary>
internal static class Offgridflow
{
    public static (int Code, string Output, string Error) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = CommandLine.Run(CommandLine.Root(FactorsCommand.Create(), KindsCommand.Create(), BundleCommand.Create(), VerifyCommand.Create()), args, output, error);
        return (code, output.ToString(), error.ToString());
    }

    public static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
