namespace OffGridFlow.Organizations;

/// <summary>What files call by a code or a name: a facility, an entity.</summary>
public interface INamed
{
    Guid Id { get; }

    string Code { get; }

    string Name { get; }

    /// <summary>Nothing new is booked to it; what has been, stays.</summary>
    bool IsDeleted { get; }
}

/// <summary>Finds a facility or an entity by what a file calls it: its code, else its name; case and blanks at the ends are free.</summary>
public sealed class CodesAndNames<T>
    where T : class, INamed
{
    private readonly Dictionary<Guid, T> byId = [];
    private readonly Dictionary<string, T> byCode = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<T>> byName = new(StringComparer.OrdinalIgnoreCase);

    public CodesAndNames(IReadOnlyList<T> all)
    {
        All = [.. all.Where(one => !one.IsDeleted)];
        foreach (var one in all)
        {
            byId.Add(one.Id, one);
        }

        foreach (var one in All)
        {
            byCode.TryAdd(one.Code, one);
            if (!byName.TryGetValue(one.Name.Trim(), out var named))
            {
                byName[one.Name.Trim()] = named = [];
            }

            named.Add(one);
        }
    }

    /// <summary>Those that are not deleted.</summary>
    public IReadOnlyList<T> All { get; }

    /// <summary>The one of an id, also when it is deleted, or null.</summary>
    public T? Find(Guid id) => byId.GetValueOrDefault(id);

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
