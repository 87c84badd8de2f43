using System.Text;

namespace OffGridFlow.Factors;

/// <summary>What a publisher's row is: the kind, the stage and, where the row itself names a place, the region.</summary>
public readonly record struct KindMatch(string Kind, Stage Stage, string? Region);

/// <summary>
/// Gives every row of a publication its kind, by the first rule of data/factors/&lt;publisher&gt;/kinds.csv whose pattern
/// fits the row's path.
/// </summary>
/// <remarks>
/// A path is the row's headings joined by <c> &gt; </c>, as the publication spells them:
/// <c>Fuels &gt; Gaseous fuels &gt; Natural gas</c>. In a pattern <c>*</c> stands for one heading or a part of one,
/// <c>**</c> for any rest; the template takes what stars matched as <c>{1}</c>, <c>{2}</c>, made into slugs.
/// A row that no rule fits is an error that names it: no row is lost for want of a kind.
/// </remarks>
public sealed class KindRules
{
    private readonly string path;
    private readonly List<Rule> rules;

    private KindRules(string path, List<Rule> rules)
    {
        this.path = path;
        this.rules = rules;
    }

    /// <summary>The publisher's folder, which holds the rules: <c>data/factors/ember</c>.</summary>
    public string Folder => Path.GetDirectoryName(Path.GetFullPath(path))!;

    public static KindRules Load(string path) => new(path, DataFile.Rows(path).Select(row => new Rule(
        row.Required("pattern"), row.Required("kind"), FactorTable.ParseStage(row.Required("stage")), row.Text("region"))).ToList());

    /// <exception cref="InvalidDataException">No rule fits.</exception>
    public KindMatch Match(params ReadOnlySpan<string?> headings)
    {
        var rowPath = string.Join(" > ", headings.ToArray().Select(heading => (heading ?? "").Trim()));
        foreach (var rule in rules)
        {
            var captures = new List<string>();
            if (Fits(rule.Pattern, rowPath, captures))
            {
                return new KindMatch(Fill(rule.Kind, captures), rule.Stage, rule.Region);
            }
        }

        throw new InvalidDataException($"{path}: no rule fits '{rowPath}'. Add a line for it.");
    }

    /// <summary>Lower case, letters and digits kept, everything else one hyphen: <c>HGV (all diesel)</c> is <c>hgv-all-diesel</c>.</summary>
    public static string Slug(string text)
    {
        var slug = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            var c = Spelling.WithoutAccent(letter);
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(char.ToLowerInvariant(c));
            }
            else if (c == ',' && slug.Length > 0 && char.IsAsciiDigit(slug[^1]))
            {
                continue; // The comma of 10,000; between words a comma is followed by a blank.
            }
            else if (c == '+')
            {
                slug.Append("-plus");
            }
            else if (c == '>')
            {
                slug.Append(slug.Length > 0 && slug[^1] != '-' ? "-over-" : "over-");
            }
            else if (c == '<')
            {
                slug.Append(slug.Length > 0 && slug[^1] != '-' ? "-under-" : "under-");
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        return slug.ToString().Trim('-');
    }

    private static string Fill(string template, List<string> captures)
    {
        for (var i = 0; i < captures.Count; i++)
        {
            template = template.Replace($"{{{i + 1}}}", Slug(captures[i]), StringComparison.Ordinal);
        }

        // An empty heading leaves an empty step: fuel..x is fuel.x.
        return string.Join('.', template.Split('.', StringSplitOptions.RemoveEmptyEntries));
    }

    // Case-insensitive; '*' does not cross a heading, '**' does. Both are captured in order.
    private static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, List<string> captures)
    {
        if (pattern.IsEmpty)
        {
            return text.IsEmpty;
        }

        if (pattern[0] != '*')
        {
            return !text.IsEmpty && char.ToUpperInvariant(pattern[0]) == char.ToUpperInvariant(text[0])
                && Fits(pattern[1..], text[1..], captures);
        }

        var deep = pattern.Length > 1 && pattern[1] == '*';
        var rest = pattern[(deep ? 2 : 1)..];
        for (var length = 0; length <= text.Length; length++)
        {
            if (!deep && text[..length].EndsWith(" > ", StringComparison.Ordinal))
            {
                return false;
            }

            var count = captures.Count;
            captures.Add(text[..length].ToString());
            if (Fits(rest, text[length..], captures))
            {
                return true;
            }

            captures.RemoveRange(count, captures.Count - count);
        }

        return false;
    }

    private sealed record Rule(string Pattern, string Kind, Stage Stage, string? Region);
}
