using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;

namespace OffGridFlow.App.Tests.Reference;

/// <summary>Builds a subject's tables from the official files beside a copy of what the folder holds, and compares.</summary>
internal static class Rebuilt
{
    internal static void SameBytes(string name, string folder)
    {
        var sources = Repository.SourcesOrSkip();
        var data = Directory.CreateTempSubdirectory().FullName;
        Directory.CreateDirectory(Path.Combine(data, folder));
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Data, folder)))
        {
            File.Copy(file, Path.Combine(data, folder, Path.GetFileName(file)));
        }

        var built = BuildFactors.RunReferences(data, sources, name).ToList();

        Assert.NotEmpty(built);
        Assert.All(built, table => Assert.Equal(
            File.ReadAllBytes(Path.Combine(Repository.Data, folder, Path.GetFileName(table.Path))), File.ReadAllBytes(table.Path)));
    }
}
