using System.CommandLine;
using OffGridFlow.Factors;

namespace OffGridFlow.Web.Cli;

/// <summary>factors build: official publications into our tables.</summary>
internal static class FactorsBuildCommand
{
    internal static Command Create()
    {
        var data = DataFolder.Option();
        var from = new Option<DirectoryInfo>("--from") { Required = true, Description = "Folder of the official publications." };
        var only = new Option<string?>("--only") { Description = "Build one publisher or reference table." };
        var verb = new Verb("build", "Turn official publications into normalized tables.")
        {
            Examples = ["factors build --from ~/publications", "factors build --from ~/publications --only desnz"],
            Options = { from, data, only },
        };
        verb.SetAction(result =>
        {
            var folder = DataFolder.Of(result, data);
            var sources = result.GetValue(from)!.FullName;
            var output = result.InvocationConfiguration.Output;
            foreach (var built in BuildFactors.Run(folder, sources, result.GetValue(only)))
            {
                output.WriteLine(BuildFactors.Describe(built));
            }

            foreach (var table in BuildFactors.RunReferences(folder, sources, result.GetValue(only)))
            {
                output.WriteLine(BuildFactors.Describe(table));
            }
        });
        return verb;
    }
}
