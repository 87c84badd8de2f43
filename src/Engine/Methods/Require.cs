namespace OffGridFlow.Engine.Methods;

/// <summary>Guards against inputs that no measurement can have. Each names the parameter and what was found.</summary>
internal static class Require
{
    /// <exception cref="ArgumentOutOfRangeException">Outside 0..1.</exception>
    internal static decimal Share(decimal value, string name) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, "A share lies between 0 and 1.");

    /// <exception cref="ArgumentOutOfRangeException">Zero or less.</exception>
    internal static decimal Positive(decimal value, string name) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, "Must be greater than zero.");

    /// <exception cref="ArgumentOutOfRangeException">Less than zero.</exception>
    internal static decimal NotNegative(decimal value, string name) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, "Must not be negative.");

    /// <exception cref="ArgumentOutOfRangeException">Less than zero, or not a number.</exception>
    internal static double NotNegative(double value, string name) =>
        double.IsFinite(value) && value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, "Must be a finite number, zero or more.");

    /// <summary>Numerator over denominator as a share: an owner cannot own more than all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The quotient lies outside 0..1.</exception>
    internal static decimal ShareOf(decimal part, decimal whole, string name) =>
        part >= 0 && part <= whole && whole > 0
            ? part / whole
            : throw new ArgumentOutOfRangeException(name, part, $"Must lie between 0 and {whole.ToString(System.Globalization.CultureInfo.InvariantCulture)}.");
}
