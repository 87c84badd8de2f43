using System.Globalization;

namespace OffGridFlow.Factors;

/// <summary>The quantity a factor is multiplied with, worked out from the row's quantity and its named columns.</summary>
/// <param name="Kind">The kind whose plan applies: the row's own, or the special one its columns point to.</param>
/// <param name="Quantity">Amount in <paramref name="Unit"/>.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Steps">How it was worked out.</param>
/// <param name="Notes">What was assumed.</param>
/// <param name="Estimated">An assumption makes the row an estimate.</param>
/// <param name="PriceYear">For spend: the price year of <paramref name="Quantity"/>.</param>
internal sealed record Driver(
    Kind Kind, decimal Quantity, Unit Unit, IReadOnlyList<Step> Steps, IReadOnlyList<Note> Notes, bool Estimated = false, int? PriceYear = null);

/// <summary>A driver, or the problem that keeps the row from having one.</summary>
internal readonly record struct Driven(Driver? Driver, Problem? Problem)
{
    public static implicit operator Driven(Driver driver) => new(driver, null);

    public static implicit operator Driven(Problem problem) => new(null, problem);
}

/// <summary>Reads the named columns of a row as numbers.</summary>
internal static class NamedColumns
{
    /// <summary>The column's number, null when blank, or a problem.</summary>
    public static decimal? Number(this Activity activity, string column, ref Problem? problem)
    {
        if (!activity.Columns.TryGetValue(column, out var text))
        {
            return null;
        }

        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        problem ??= new Problem("number.invalid", column, text, "a number such as 1234.5", $"Correct {column}.");
        return null;
    }

    /// <summary>The column's number; its absence is a problem.</summary>
    public static decimal Needed(this Activity activity, string column, string meaning, ref Problem? problem)
    {
        var number = activity.Number(column, ref problem);
        if (number is null)
        {
            problem ??= new Problem("column.missing", column, "(blank)", meaning, $"Add a column {column}: {activity.Kind.Key} needs {meaning}.");
        }

        return number ?? 0m;
    }

    /// <summary>Like <see cref="Needed"/>, and greater than zero.</summary>
    public static decimal Positive(this Activity activity, string column, string meaning, ref Problem? problem)
    {
        var number = activity.Needed(column, meaning, ref problem);
        if (problem is null && number <= 0m)
        {
            problem = new Problem("number.range", column, number.ToString(CultureInfo.InvariantCulture), $"{meaning}, greater than 0", $"Correct {column}.");
        }

        return number;
    }

    /// <summary>Like <see cref="Needed"/>, and not below a least value.</summary>
    public static decimal AtLeast(this Activity activity, string column, decimal least, string meaning, ref Problem? problem)
    {
        var number = activity.Needed(column, meaning, ref problem);
        if (problem is null && number < least)
        {
            problem = new Problem("number.range", column, Text(number), Step($"{meaning}, at least {least}"), $"Correct {column}.");
        }

        return problem is null ? number : least;
    }

    /// <summary>Like <see cref="AtLeast"/>; a blank column has the usual value.</summary>
    public static decimal AtLeastOr(this Activity activity, string column, decimal least, decimal usual, string meaning, ref Problem? problem) =>
        activity.Columns.ContainsKey(column) ? activity.AtLeast(column, least, meaning, ref problem) : usual;

    /// <summary>A yes or a no in the words people use; the usual answer when blank.</summary>
    public static bool YesNo(this Activity activity, string column, bool usual, ref Problem? problem)
    {
        if (!activity.Columns.TryGetValue(column, out var written))
        {
            return usual;
        }

        switch (written.Trim().ToUpperInvariant())
        {
            case "YES" or "Y" or "TRUE" or "1" or "ON" or "X" or "JA" or "OUI" or "SI" or "SÍ":
                return true;
            case "NO" or "N" or "FALSE" or "0" or "OFF" or "NEIN" or "NON":
                return false;
            default:
                problem ??= new Problem("word.unknown", column, written, "yes or no", $"Correct {column}.");
                return usual;
        }
    }

    /// <summary>A formula of the engine, which takes no negative amounts, on a credit note: it mirrors the debit.</summary>
    public static decimal Signed(decimal quantity, Func<decimal, decimal> formula) => quantity < 0m ? -formula(-quantity) : formula(quantity);

    /// <summary>A share written as 0.4 or 40%; 1 when blank.</summary>
    public static decimal Share(this Activity activity, string column, ref Problem? problem)
    {
        if (!activity.Columns.TryGetValue(column, out var text))
        {
            return 1m;
        }

        var percent = text.EndsWith('%');
        if (decimal.TryParse(text.AsSpan(0, text.Length - (percent ? 1 : 0)), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && (percent ? number / 100m : number) is >= 0m and <= 1m and var share)
        {
            return share;
        }

        problem ??= new Problem("number.range", column, text, "a share from 0 to 1, or from 0% to 100%", $"Correct {column}.");
        return 0m;
    }

    /// <summary>Invariant text of a number.</summary>
    public static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Invariant text of numbers for steps.</summary>
    public static string Step(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
