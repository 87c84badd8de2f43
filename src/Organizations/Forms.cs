using System.Text.RegularExpressions;

namespace OffGridFlow.Organizations;

/// <summary>What codes, names and places look like.</summary>
internal static partial class Forms
{
    public const int LongestCode = 64;
    public const int LongestName = 200;
    public const string CodeForm = "1 to 64 characters without blanks at the ends, such as LEE-HO";
    public const string NameForm = "1 to 200 characters, with a letter or digit among them";
    public const string PlaceForm = "a code of ISO 3166-1 or 3166-2, such as GB or US-CA";

    public static bool IsCode(string? text) => IsText(text, LongestCode) && text!.Trim().Length == text.Length;

    public static bool IsName(string? text) => IsText(text, LongestName);

    public static bool IsText(string? text, int longest) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= longest && !text.Any(char.IsControl);

    /// <summary>By shape alone: whether there is such a place, the reader of regions says when an activity is taken in.</summary>
    public static bool IsPlace(string text) => Place().IsMatch(text);

    public static bool IsCountry(string text) => Country().IsMatch(text);

    public static bool IsGridRegion(string text) => Grid().IsMatch(text);

    [GeneratedRegex("^[A-Z]{2}(-[A-Z0-9]{1,3})?\\z", RegexOptions.None, 1000)]
    private static partial Regex Place();

    [GeneratedRegex("^[A-Z]{2}\\z", RegexOptions.None, 1000)]
    private static partial Regex Country();

    [GeneratedRegex("^[A-Z]{2}-[A-Z0-9]{2,8}\\z", RegexOptions.None, 1000)]
    private static partial Regex Grid();
}
