using System.Reflection;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Guards;

/// <summary>What each module shows to the others is what was approved: tests/App.Tests/Guards/surface. With OFFGRIDFLOW_RENEW set the files are written anew.</summary>
public sealed class SurfaceTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "App.Tests", "Guards", "surface");

    public static TheoryData<string> Modules { get; } = [.. ModuleRules.References.Keys];

    [Theory]
    [MemberData(nameof(Modules))]
    public void the_public_surface_is_the_approved_one(string module)
    {
        var file = Path.Combine(Folder, $"{module}.txt");
        var surface = Surface.Of(Assembly.Load($"OffGridFlow.{module}").GetExportedTypes());
        if (Environment.GetEnvironmentVariable("OFFGRIDFLOW_RENEW") is { Length: > 0 })
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllLines(file, surface);
        }

        var approved = File.Exists(file) ? File.ReadAllLines(file) : [];
        Assert.NotEmpty(surface);
        Assert.True(
            surface.SequenceEqual(approved, StringComparer.Ordinal),
            $"{module} shows something else than was approved:\n{string.Join('\n', Surface.Difference(approved, surface))}\nIf that is meant: OFFGRIDFLOW_RENEW=1 ./offgridflow test -class '*SurfaceTests', and look at the change of {Path.GetRelativePath(Repository.Root, file)}.");
    }

    [Fact]
    public void a_new_member_a_lost_one_and_a_changed_type_are_caught()
    {
        var surface = Surface.Of([typeof(Shown)]);

        Assert.Equal(
            [
                "Shown : IDisposable",
                "Shown(Int32 size)",
                "Shown.Dispose() : Void",
                "Shown.Find<T>(String name, IReadOnlyList<T> among, Int32? limit) : Boolean static",
                "Shown.Name : String get init",
                "Shown.Size : Int32 readonly",
            ],
            surface);
        Assert.Equal(["- Shown.Name : String get init", "+ Shown.Name : String get set"], Surface.Difference(surface, surface.Select(line => line.Replace("init", "set", StringComparison.Ordinal)).ToList()));
        Assert.Equal(["- Shown.Size : Int32 readonly"], Surface.Difference(surface, surface.SkipLast(1).ToList()));
        Assert.Equal(["+ Other"], Surface.Difference(surface, [.. surface, "Other"]));
    }

    public sealed class Shown(int size) : IDisposable
    {
        public readonly int Size = size;

        public string Name { get; init; } = "";

        internal int Hidden { get; set; }

        public static bool Find<T>(string name, IReadOnlyList<T> among, int? limit) => among.Count > limit && name.Length > 0;

        public void Dispose() => Hidden = 0;
    }
}
