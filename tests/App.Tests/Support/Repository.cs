namespace OffGridFlow.App.Tests.Support;

/// <summary>Where the tree under test is, and the official publications beside it when there are any.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Data { get; } = Path.Combine(Root, "data");

    /// <summary>The folder of official publications; the test is skipped where it is absent.</summary>
    public static string SourcesOrSkip()
    {
        var folder = Path.Combine(Root, "..", "shared", "factor-sources");
        Assert.SkipUnless(Directory.Exists(folder), "The official publications are not on this machine (../shared/factor-sources).");
        return Path.GetFullPath(folder);
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "OffGridFlow.slnx")))
        {
            folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))
                ?? throw new InvalidOperationException("OffGridFlow.slnx is nowhere above the tests.");
        }

        return folder;
    }
}
