using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace OffGridFlow.App.Tests.Guards;

/// <summary>Which module may refer to which, and whose tables its SQL may name.</summary>
internal static class ModuleRules
{
    /// <summary>References are the data path. Web may refer to all.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> References = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Engine"] = [],
        ["Platform"] = [],
        ["Organizations"] = ["Platform"],
        ["Factors"] = ["Platform", "Engine"],
        ["Activities"] = ["Platform", "Engine", "Organizations", "Factors"],
        ["Ledger"] = ["Platform", "Engine", "Organizations", "Factors", "Activities"],
        ["Reporting"] = ["Platform", "Engine", "Organizations", "Factors", "Activities", "Ledger"],
    };

    private static readonly Dictionary<string, string> Owners = new(StringComparer.Ordinal)
    {
        ["platform"] = "Platform",
        ["org"] = "Organizations",
        ["people"] = "Organizations",
        ["factors"] = "Factors",
        ["activities"] = "Activities",
        ["ledger"] = "Ledger",
        ["reporting"] = "Reporting",
    };

    // Comments and characters are matched first, so that a quotation mark in them opens nothing.
    private static readonly Regex Tokens = new(
        """//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])+'|(?<text>\$*"{3,}.*?"{3,}|[$@]*@[$@]*"(?:[^"]|"")*"|\$?"(?:\\.|[^"\\\n])*")""",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.Compiled,
        TimeSpan.FromSeconds(10));

    // A statement, or a piece of one.
    private static readonly Regex Sql = new(
        @"^[$@""\s(]*(select|insert|update|delete|with|copy|merge|call|truncate|lock|create|alter|drop|do|from|join|left join|where|and|union|exists|not exists|values)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Compiled,
        TimeSpan.FromSeconds(10));

    private static readonly Regex Qualified = new(
        @"(?<![\w.'/-])(?<schema>platform|org|people|factors|activities|ledger|reporting)\.(?<name>[a-z_]+)\b(?!\.)", RegexOptions.ExplicitCapture | RegexOptions.Compiled, TimeSpan.FromSeconds(10));

    private static readonly Regex AfterKeyword = new(
        @"\b(from|join|into|update|copy|call|table|truncate|only)\s+(?<schema>platform|org|people|factors|activities|ledger|reporting)\.(?<name>[a-z_]+)\b(?!\.)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Compiled,
        TimeSpan.FromSeconds(10));

    /// <summary>How a project file's references differ from the table; nothing for Web.</summary>
    public static IEnumerable<string> WrongReferences(string project, string csproj, IReadOnlyCollection<string> all)
    {
        var allowed = project == "Web" ? all.Where(other => other != "Web").ToArray() : References.GetValueOrDefault(project);
        if (allowed is null)
        {
            return [$"{project} is not in the table"];
        }

        var found = XDocument.Parse(csproj).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!)).ToList();
        return found.Except(allowed, StringComparer.Ordinal).Select(extra => $"{project} refers to {extra}")
            .Concat(allowed.Except(found, StringComparer.Ordinal).Select(missing => $"{project} does not refer to {missing}"));
    }

    /// <summary>The names of other modules' tables in a module's SQL.</summary>
    public static IEnumerable<string> ForeignNames(string module, string source) =>
        Tokens.Matches(source).Where(token => token.Groups["text"].Success).SelectMany(token => NamesIn(token.Value))
            .Where(name => Owners[name.Schema] != module).Select(name => $"{name.Schema}.{name.Name}").Distinct(StringComparer.Ordinal);

    private static IEnumerable<(string Schema, string Name)> NamesIn(string text) =>
        (Sql.IsMatch(text) ? Qualified : AfterKeyword).Matches(text).Select(match => (match.Groups["schema"].Value.ToLowerInvariant(), match.Groups["name"].Value));
}
