using System.Text;
using System.Text.RegularExpressions;

namespace OffGridFlow.App.Tests.Support;

/// <summary>Finds where the sources make problems, and what they say there: enough of C# to tell arguments apart.</summary>
internal static partial class ProblemSource
{
    /// <param name="Code">The stable code.</param>
    /// <param name="Kind">The name of its kind.</param>
    /// <param name="Expected">What would have been right, with … for what is filled in.</param>
    /// <param name="Fix">What to do.</param>
    public sealed record Made(string Code, string Kind, string Expected, string Fix);

    public static IEnumerable<Made> In(string source)
    {
        foreach (Match start in Beginning().Matches(source))
        {
            var (arguments, end) = Arguments(source, start.Index + start.Value.IndexOf('(', StringComparison.Ordinal) + 1);
            if (arguments.Count == 5)
            {
                var kind = KindAfter().Match(source, end);
                yield return new Made(start.Groups["code"].Value, kind.Success ? kind.Groups["kind"].Value : "Invalid", Text(arguments[3]), Text(arguments[4]));
            }
        }
    }

    // The arguments up to the closing parenthesis; commas within strings, brackets and holes are not between them.
    private static (List<string> Arguments, int End) Arguments(string source, int at)
    {
        var (arguments, from, depth) = (new List<string>(), at, 0);
        for (; at < source.Length; at++)
        {
            switch (source[at])
            {
                case '"':
                    at = EndOfString(source, at);
                    break;
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' when depth == 0:
                    arguments.Add(source[from..at]);
                    return (arguments, at + 1);
                case ')' or ']' or '}':
                    depth--;
                    break;
                case ',' when depth == 0:
                    arguments.Add(source[from..at]);
                    from = at + 1;
                    break;
            }
        }

        return (arguments, at);
    }

    // The closing quote of the string that opens here; strings within the holes of an interpolated one are part of it.
    private static int EndOfString(string source, int open)
    {
        var isInterpolated = open > 0 && source[open - 1] == '$';
        for (var (at, holes) = (open + 1, 0); at < source.Length; at++)
        {
            switch (source[at])
            {
                case '\\':
                    at++;
                    break;
                case '{' when isInterpolated && source[at + 1] == '{' && holes == 0:
                    at++;
                    break;
                case '{' when isInterpolated:
                    holes++;
                    break;
                case '}' when isInterpolated && holes > 0:
                    holes--;
                    break;
                case '"' when holes > 0:
                    at = EndOfString(source, at);
                    break;
                case '"':
                    return at;
            }
        }

        return source.Length - 1;
    }

    // The strings of an argument, joined by "or" where it chooses between them; … for what is filled in.
    private static string Text(string argument)
    {
        var texts = new List<string>();
        for (var at = 0; at < argument.Length; at++)
        {
            if (argument[at] == '"')
            {
                var end = EndOfString(argument, at);
                texts.Add(Filled(argument[(at + 1)..end], at > 0 && argument[at - 1] == '$'));
                at = end;
            }
        }

        var said = texts.Where(text => text.Trim().Length > 2 && text != "(blank)").Distinct(StringComparer.Ordinal).ToList();
        return said.Count == 0 ? "as the problem says" : string.Join(", or ", said);
    }

    private static string Filled(string text, bool isInterpolated)
    {
        var (plain, holes) = (new StringBuilder(), 0);
        for (var at = 0; at < text.Length; at++)
        {
            if (isInterpolated && text[at] is '{' or '}')
            {
                holes += text[at] == '{' ? 1 : -1;
                plain.Append(text[at] == '{' && holes == 1 ? "…" : "");
            }
            else if (holes == 0)
            {
                plain.Append(text[at] == '\\' ? "" : text[at]);
            }
        }

        return plain.Replace('\t', ' ').Replace('\n', ' ').ToString();
    }

    [GeneratedRegex("""new (?:Problem)?\(\s*"(?<code>[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*)",""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Beginning();

    [GeneratedRegex("""\G\s*\{\s*Kind = ProblemKind\.(?<kind>[A-Za-z]+)""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex KindAfter();
}
