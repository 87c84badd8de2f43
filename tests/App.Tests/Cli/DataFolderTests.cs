using OffGridFlow.Web.Cli;

namespace OffGridFlow.App.Tests.Cli;

public sealed class DataFolderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("offgridflow").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void the_variable_comes_first()
    {
        var (named, near) = (Made("named"), Made("work", "data"));

        Assert.Equal(named, DataFolder.Find(named, Path.GetDirectoryName(near)!, root));
    }

    [Fact]
    public void the_nearest_data_folder_above_is_taken_if_it_is_ours()
    {
        var ours = Made("work", "data");
        var deep = Directory.CreateDirectory(Path.Combine(root, "work", "a", "b", "data")).Parent!.FullName;

        Assert.Equal(ours, DataFolder.Find(null, deep, root));
    }

    [Fact]
    public void beside_the_program_is_the_last_place()
    {
        var beside = Made("program", "data");

        Assert.Equal(beside, DataFolder.Find("", Directory.CreateDirectory(Path.Combine(root, "elsewhere")).FullName, Path.Combine(root, "program")));
    }

    [Fact]
    public void a_folder_that_is_not_ours_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => DataFolder.Find(root, root, root));
        Assert.Contains("--data", Assert.Throws<InvalidDataException>(() => DataFolder.Find(null, root, root)).Message, StringComparison.Ordinal);
    }

    private string Made(params string[] steps)
    {
        var folder = Path.Combine([root, .. steps]);
        Directory.CreateDirectory(Path.Combine(folder, "kinds"));
        File.WriteAllText(Path.Combine(folder, "kinds", "kinds.csv"), "kind\n");
        return folder;
    }
}
