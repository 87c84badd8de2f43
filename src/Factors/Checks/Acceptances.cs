using System.IO.Enumeration;

namespace OffGridFlow.Factors.Checks;

/// <summary>data/factors/accepted.csv: odd figures that a person has looked up in the official source, each with the reason.</summary>
internal sealed class Acceptances
{
    private readonly string path;
    private readonly List<(string Check, string Pattern, string Reason, int Line)> lines = [];
    private readonly Dictionary<(string Check, string Id), int> exact = [];
    private readonly Dictionary<string, List<int>> patterns = new(StringComparer.Ordinal);
    private readonly HashSet<int> used = [];

    private Acceptances(string path) => this.path = path;

    /// <summary>Loads the file; without one nothing is accepted.</summary>
    /// <exception cref="InvalidDataException">A line has no reason, or one stands twice.</exception>
    public static Acceptances Load(string dataFolder)
    {
        var accepted = new Acceptances(Path.Combine(dataFolder, "factors", "accepted.csv"));
        if (!File.Exists(accepted.path))
        {
            return accepted;
        }

        foreach (var row in DataFile.Rows(accepted.path))
        {
            var (check, pattern) = (row.Required("check"), row.Required("id_or_pattern"));
            var at = accepted.lines.Count;
            if (accepted.lines.Exists(line => line.Check == check && line.Pattern == pattern))
            {
                throw row.Bad("id_or_pattern", $"'{pattern}' stands twice for {check}");
            }

            accepted.lines.Add((check, pattern, row.Required("reason"), row.Line));
            if (pattern.Contains('*', StringComparison.Ordinal))
            {
                (accepted.patterns.TryGetValue(check, out var list) ? list : accepted.patterns[check] = []).Add(at);
            }
            else
            {
                accepted.exact[(check, pattern)] = at;
            }
        }

        return accepted;
    }

    /// <summary>The reason a finding is accepted for, or null; the line that matched counts as used.</summary>
    public string? Reason(Finding finding)
    {
        if (!exact.TryGetValue((finding.Check, finding.Id), out var at))
        {
            at = -1;
            foreach (var candidate in patterns.TryGetValue(finding.Check, out var list) ? list : [])
            {
                if (FileSystemName.MatchesSimpleExpression(lines[candidate].Pattern, finding.Id, ignoreCase: false))
                {
                    at = candidate;
                    break;
                }
            }
        }

        if (at < 0)
        {
            return null;
        }

        used.Add(at);
        return lines[at].Reason;
    }

    /// <summary>Lines that no finding needed: what they excuse is no longer there.</summary>
    public IEnumerable<Finding> Stale() => lines.Where((_, at) => !used.Contains(at)).Select(line => new Finding(
        "accepted", line.Pattern, $"line {line.Line}", $"{Path.GetFileName(path)} accepts {line.Check} here, but nothing is found any more: remove the line"));
}
