using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Guards;

/// <summary>Modules keep to their places: in what they refer to and in whose tables they touch.</summary>
public sealed class ModuleTests
{
    private static readonly string Source = Path.Combine(Repository.Root, "src");

    private static readonly string[] Projects = [.. Directory.GetDirectories(Source).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void projects_refer_to_each_other_as_the_table_says()
    {
        Assert.Contains("Ledger", Projects);
        Assert.Empty(Projects.SelectMany(project => ModuleRules.WrongReferences(project, File.ReadAllText(Path.Combine(Source, project, $"{project}.csproj")), Projects)));
    }

    [Fact]
    public void a_reference_too_many_or_too_few_and_an_unknown_project_are_caught()
    {
        const string activities = """<Project><ItemGroup><ProjectReference Include="../Activities/Activities.csproj" /></ItemGroup></Project>""";

        Assert.Equal(["Organizations refers to Activities", "Organizations does not refer to Platform"], ModuleRules.WrongReferences("Organizations", activities, Projects));
        Assert.Contains("Web does not refer to Ledger", ModuleRules.WrongReferences("Web", activities, Projects));
        Assert.Equal(["Billing is not in the table"], ModuleRules.WrongReferences("Billing", activities, Projects));
    }

    [Fact]
    public void no_module_s_sql_names_another_s_tables()
    {
        var found = Projects.SelectMany(module => Directory.GetFiles(Path.Combine(Source, module), "*.*", SearchOption.AllDirectories)
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".razor", StringComparison.Ordinal))
            .Where(path => !path[Source.Length..].Split('/').Any(step => step is "obj" or "bin"))
            .SelectMany(path => ModuleRules.ForeignNames(module, File.ReadAllText(path)).Select(name => $"{Path.GetRelativePath(Repository.Root, path)}: {name}")));

        Assert.Empty(found);
    }

    [Theory]
    [InlineData("\"select * from org.entities\"", "org.entities")]
    [InlineData("$\"update org.entities set name = {x}\"", "org.entities")]
    [InlineData("@\"delete from org.entities\"", "org.entities")]
    [InlineData("\"\"\"\n    with x as (select 1)\n    insert into org.entities select * from x\n    \"\"\"", "org.entities")]
    [InlineData("$\"\"\"copy org.entities from stdin\"\"\"", "org.entities")]
    [InlineData("\"select org.tenant_by_slug(@slug)\"", "org.tenant_by_slug")]
    [InlineData("\" join org.entities e on true\"", "org.entities")]
    [InlineData("'\"'; // \"\nvar sql = \"select 1 from platform.jobs\";", "platform.jobs")]
    [InlineData("\"SELECT 1 FROM org.entities\"", "org.entities")]
    public void a_planted_name_is_caught_however_it_is_written(string source, string name) =>
        Assert.Equal([name], ModuleRules.ForeignNames("Ledger", source));

    [Theory]
    [InlineData("\"select * from ledger.entries\"")]
    [InlineData("// select * from org.entities")]
    [InlineData("/* \"select * from org.entities\" */")]
    [InlineData("\"https://ledger.example.org/platform.html\"")]
    [InlineData("Path.Combine(folder, \"activities.csv\")")]
    [InlineData("\"The kind is read from example/activities.csv\"")]
    [InlineData("new Problem(\"org.slug-taken\", \"slug\")")]
    public void what_is_its_own_or_no_sql_is_let_through(string source) => Assert.Empty(ModuleRules.ForeignNames("Ledger", source));
}
