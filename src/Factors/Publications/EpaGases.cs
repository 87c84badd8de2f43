namespace OffGridFlow.Factors.Publications;

/// <summary>The gas keys behind the names EPA prints.</summary>
internal static class EpaGases
{
    private static readonly Dictionary<string, string> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Carbon dioxide"] = "co2",
        ["CO2"] = "co2",
        ["Methane"] = "ch4",
        ["CH4"] = "ch4",
        ["Nitrous oxide"] = "n2o",
        ["N2O"] = "n2o",
        ["Sulfur hexafluoride"] = "sf6",
        ["SF6"] = "sf6",
        ["Nitrogen trifluoride"] = "nf3",
        ["NF3"] = "nf3",
        ["Carbon tetrafluoride"] = "pfc-14",
        ["CF4"] = "pfc-14",
        ["Hexafluoroethane"] = "pfc-116",
        ["C2F6"] = "pfc-116",
        ["Perfluoropropane"] = "pfc-218",
        ["C3F8"] = "pfc-218",
        ["Perfluorocyclobutane"] = "pfc-318",
        ["c-C4F8"] = "pfc-318",
        ["Perfluorobutane"] = "pfc-31-10",
        ["C4F10"] = "pfc-31-10",
        ["C5F12"] = "pfc-41-12",
        ["Perfluorohexane"] = "pfc-51-14",
        ["C6F14"] = "pfc-51-14",
        ["C10F18"] = "pfc-91-18",
        ["HFCs and PFCs, unspecified"] = "hfc-pfc-unspecified",
    };

    /// <summary><c>pfc-14</c> for "CF4" and for "Carbon tetrafluoride"; <c>hfc-134a</c> for "HFC-134a".</summary>
    /// <exception cref="InvalidDataException">A gas EPA has not printed before: add its name here.</exception>
    public static string Key(string name, string where)
    {
        if (ByName.TryGetValue(name, out var key))
        {
            return key;
        }

        return name.StartsWith("HFC-", StringComparison.Ordinal) || name.StartsWith("PFC-", StringComparison.Ordinal)
            ? KindRules.Slug(name)
            : throw new InvalidDataException($"{where}: the gas '{name}' has no key.");
    }
}
