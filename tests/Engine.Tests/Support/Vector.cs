using System.Globalization;
using System.Text;

namespace OffGridFlow.Engine.Tests.Support;

/// <summary>One row of Vectors/*.csv: a calculation, what it must give, how exactly, and who says so.</summary>
internal sealed record Vector(
    string Area, string Id, string Method, string Inputs, decimal Expected, decimal Tolerance, string Source, string Note)
{
    public static IReadOnlyDictionary<string, Vector> All { get; } =
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Vectors"), "*.csv")
            .Order(StringComparer.Ordinal)
            .SelectMany(Read)
            .ToDictionary(vector => vector.Id, StringComparer.Ordinal);

    /// <summary>Its numbers are ours, or its result is, because the source slipped. Everything else was printed by the source.</summary>
    public bool IsConstructed =>
        Note.StartsWith("constructed", StringComparison.Ordinal) || Note.StartsWith("corrected", StringComparison.Ordinal);

    /// <summary>An official factor by gas times a round quantity: the factors are printed, the product is arithmetic.</summary>
    public bool IsSpotProduct => Id.StartsWith("spot-", StringComparison.Ordinal);

    /// <summary>Known, but not before the eyes of whoever wrote it down.</summary>
    public bool IsRecalled => Source.Contains("recalled", StringComparison.Ordinal);

    private static IEnumerable<Vector> Read(string path) =>
        from line in File.ReadLines(path).Skip(1)
        let field = Fields(line)
        select new Vector(field[0], field[1], field[2], field[3], Number(field[4]), Number(field[5]), field[6], field[7]);

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static List<string> Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        foreach (var letter in line)
        {
            if (letter == '"')
            {
                quoted = !quoted;
            }
            else if (letter == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(letter);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}

/// <summary>The <c>name=value|value;name=value</c> pairs of a vector. Every pair must be asked for, so that a misspelt one is found.</summary>
internal sealed class Inputs(string text)
{
    private readonly Dictionary<string, string> pairs =
        text.Split(';').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public decimal this[string name] => decimal.Parse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture);

    public string Text(string name)
    {
        asked.Add(name);
        return pairs[name];
    }

    public decimal[] List(string name) =>
        [.. Text(name).Split('|').Select(item => decimal.Parse(item, NumberStyles.Float, CultureInfo.InvariantCulture))];

    public T Enum<T>(string name)
        where T : struct, System.Enum => System.Enum.Parse<T>(Text(name));

    public IEnumerable<string> NeverAsked() => pairs.Keys.Except(asked, StringComparer.Ordinal);
}
