namespace OffGridFlow.Organizations;

/// <summary>Finds a facility or an entity by what a file calls it: its code, else its name; case and blanks at the ends are free.</summary>
public sealed class CodesAndNames<T>
    where T : class
{
    private readonly Dictionary<string, T> byCode = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<T>> byName = new(StringComparer.OrdinalIgnoreCase);

    public CodesAndNames(IReadOnlyList<T> all, Func<T, string> code, Func<T, string> name)
    {
        All = all;
        foreach (var one in all)
        {
            byCode.TryAdd(code(one), one);
            if (!byName.TryGetValue(name(one), out var named))
            {
                byName[name(one)] = named = [];
            }

            named.Add(one);
        }
    }

    public IReadOnlyList<T> All { get; }

    /// <summary>The one that is meant, or null when none or several are.</summary>
    /// <param name="written">As the file has it.</param>
    /// <param name="matches">How many go by it: 0, 1, or more when a name is not unique.</param>
    public T? Find(string written, out int matches)
    {
        var wanted = written.Trim();
        if (byCode.TryGetValue(wanted, out var coded))
        {
            matches = 1;
            return coded;
        }

        var named = byName.GetValueOrDefault(wanted);
        matches = named?.Count ?? 0;
        return matches == 1 ? named![0] : null;
    }
}
