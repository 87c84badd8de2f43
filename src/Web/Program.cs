using System.CommandLine;
using OffGridFlow.Factors;

var from = new Option<DirectoryInfo>("--from") { Required = true, Description = "Folder of the official publications." };
var data = new Option<DirectoryInfo>("--data") { DefaultValueFactory = _ => new DirectoryInfo("data"), Description = "The product's data folder." };
var only = new Option<string?>("--only") { Description = "Build one publisher or reference table." };
var build = new Command("build", "Turn official publications into normalized tables.") { from, data, only };
build.SetAction(result =>
{
    foreach (var built in BuildFactors.Run(result.GetValue(data)!.FullName, result.GetValue(from)!.FullName, result.GetValue(only)))
    {
        Console.WriteLine(BuildFactors.Describe(built));
    }

    foreach (var table in BuildFactors.RunReferences(result.GetValue(data)!.FullName, result.GetValue(from)!.FullName, result.GetValue(only)))
    {
        Console.WriteLine(BuildFactors.Describe(table));
    }
});

return new RootCommand("Carbon accounting: activities in, an explainable footprint out.") { new Command("factors", "The factor library.") { build } }
    .Parse(args).Invoke();
