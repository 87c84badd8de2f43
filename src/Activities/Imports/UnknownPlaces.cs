using System.Text.Json;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.Activities.Imports;

/// <summary>Facilities and entities that rows of an import name and the tenant does not have, each with what was taken without it.</summary>
internal sealed class UnknownPlaces
{
    /// <summary>A column of serial numbers read as facilities must not swell the sheet: the names are with their activities.</summary>
    private const int MostNames = 200;

    /// <summary>No facility and no entity has a longer one.</summary>
    private const int LongestName = 200;

    private readonly Dictionary<(string Field, string Name), Sums> names = [];

    public bool Any => names.Count > 0;

    public static UnknownPlaces Of(string json)
    {
        var unknown = new UnknownPlaces();
        foreach (var place in Read(json))
        {
            var sums = new Sums(place.Code, place.Fix);
            unknown.names.Add((place.Field, place.Name ?? ""), sums);
            sums.Rows = place.Rows;
            foreach (var part in place.Quantities)
            {
                sums.Add(part.Unit, part.Quantity, part.Rows);
            }
        }

        return unknown;
    }

    public static IReadOnlyList<UnknownPlace> Read(string json) => JsonSerializer.Deserialize<List<UnknownPlace>>(json, Json.Options)!;

    public static string Write(IEnumerable<UnknownPlace> places) => JsonSerializer.Serialize(places, Json.Options);

    /// <param name="problem">Of the row's facility or entity; null when it is known.</param>
    /// <param name="unit">Of the row.</param>
    /// <param name="quantity">Of the row.</param>
    public void Add(Problem? problem, string unit, decimal quantity)
    {
        if (problem is null)
        {
            return;
        }

        var key = (problem.Column, problem.Found.Replace('\0', '\ufffd'));
        if (key.Item2.Length > LongestName || !names.TryGetValue(key, out var sums))
        {
            key = key.Item2.Length > LongestName || names.Count >= MostNames ? (problem.Column, "") : key;
            if (!names.TryGetValue(key, out sums))
            {
                names.Add(key, sums = new Sums(problem.Code, problem.Fix));
            }
        }

        sums.Rows++;
        sums.Add(unit, quantity, 1);
    }

    public UnknownPlaces Copy()
    {
        var copy = new UnknownPlaces();
        foreach (var (key, sums) in names)
        {
            copy.names.Add(key, sums.Copy());
        }

        return copy;
    }

    public string Write() => Write(names.OrderBy(pair => pair.Key.Name.Length == 0).ThenBy(pair => pair.Key.Field, StringComparer.Ordinal)
        .ThenByDescending(pair => pair.Value.Rows).ThenBy(pair => pair.Key.Name, StringComparer.Ordinal)
        .Select(pair => new UnknownPlace(
            pair.Value.Code, pair.Key.Field, pair.Key.Name.Length == 0 ? "Add them, or correct the cells." : pair.Value.Fix, pair.Value.Rows, pair.Value.Quantities(),
            pair.Key.Name.Length == 0 ? null : pair.Key.Name)));

    private sealed class Sums(string code, string fix)
    {
        private readonly Dictionary<string, (ExactSum Sum, long Rows)> units = new(StringComparer.Ordinal);

        public string Code => code;

        public string Fix => fix;

        public long Rows { get; set; }

        public void Add(string unit, decimal quantity, long rows)
        {
            ref var part = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(units, unit, out _);
            part.Sum.Add(quantity);
            part.Rows += rows;
        }

        public Sums Copy()
        {
            var copy = new Sums(code, fix) { Rows = Rows };
            foreach (var (unit, part) in units)
            {
                copy.units.Add(unit, part);
            }

            return copy;
        }

        public IReadOnlyList<UnplacedQuantity> Quantities() => [.. units.OrderByDescending(pair => pair.Value.Rows).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new UnplacedQuantity(pair.Key, pair.Value.Sum.Value, pair.Value.Rows))];
    }
}
