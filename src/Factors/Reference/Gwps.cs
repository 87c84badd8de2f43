namespace OffGridFlow.Factors.Reference;

/// <summary>Reads data/gwp: the potentials the engine computes with, and what refrigerant blends are made of.</summary>
public static class Gwps
{
    /// <summary>The table of data/gwp/gases.csv.</summary>
    public static GwpTable Load(string dataFolder) => new(DataFile.Rows(Path.Combine(dataFolder, "gwp", "gases.csv")).Select(row => new GwpRow(
        row.Required("gas"), row.Number("sar"), row.Number("ar4"), row.Number("ar5"), row.Number("ar6"))));

    /// <summary>Components by blend (<c>r-410a</c>), each with its share of the mass; the shares of a blend add up to 1.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<BlendPart>> Blends(string dataFolder) =>
        DataFile.Rows(Path.Combine(dataFolder, "gwp", "blends.csv"))
            .GroupBy(row => row.Required("blend"), StringComparer.Ordinal)
            .ToDictionary(
                blend => blend.Key,
                blend => (IReadOnlyList<BlendPart>)blend
                    .Select(row => new BlendPart(row.Required("gas"), row.Number("share") ?? throw row.Bad("share", "is empty")))
                    .ToList(),
                StringComparer.Ordinal);
}

/// <summary>One component of a refrigerant blend.</summary>
/// <param name="Gas">Key of data/gwp/gases.csv.</param>
/// <param name="Share">Fraction of the blend's mass, above 0 and at most 1.</param>
public readonly record struct BlendPart(string Gas, decimal Share);
