using System.CommandLine;
using OffGridFlow.Factors;

namespace OffGridFlow.Web.Cli;

/// <summary>The options of every verb that reads the factor library.</summary>
internal sealed class LibraryOptions
{
    public Option<DirectoryInfo?> Data { get; } = DataFolder.Option();

    public Option<string[]> Packs { get; } = new("--pack")
    {
        Description = "Also load a pack of data/packs, whose licence is its own: ceda.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    public string Folder(ParseResult result) => DataFolder.Of(result, Data);

    public FactorLibrary Load(ParseResult result) => FactorLibrary.Load(Folder(result), result.GetValue(Packs)!);
}
