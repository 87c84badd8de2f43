using OffGridFlow.Factors;

namespace OffGridFlow.App.Tests.Support;

/// <summary>Builds a publisher again from its official files, beside the committed tables.</summary>
internal static class Rebuilt
{
    /// <summary>Fails unless a build gives the committed tables, byte for byte; skipped without the official files.</summary>
    public static void Matches(string name, params string[] folders)
    {
        var sources = Repository.SourcesOrSkip();
        var scratch = Directory.CreateTempSubdirectory("offgridflow-").FullName;
        foreach (var folder in folders)
        {
            Directory.CreateDirectory(Path.Combine(scratch, folder));
            foreach (var file in Directory.GetFiles(Path.Combine(Repository.Data, folder)))
            {
                File.Copy(file, Path.Combine(scratch, folder, Path.GetFileName(file)));
            }
        }

        var built = BuildFactors.Run(scratch, sources, name).Select(edition => edition.Table)
            .Concat(BuildFactors.RunReferences(scratch, sources, name).Select(table => table.Path)).ToList();

        Assert.NotEmpty(built);
        Assert.All(built, path => Assert.Equal(
            File.ReadAllText(Path.Combine(Repository.Data, Path.GetRelativePath(scratch, path))), File.ReadAllText(path)));
        Directory.Delete(scratch, recursive: true);
    }
}
