namespace OffGridFlow.Engine.Tests.Support;

/// <summary>Random inputs for properties, the same in every run.</summary>
internal sealed class Draw(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>Runs a property on 200 different sources of inputs, each named by its seed.</summary>
    public static void Many(Action<Draw> property)
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            try
            {
                property(new Draw(seed));
            }
            catch (Exception failure)
            {
                throw new Xunit.Sdk.XunitException($"The property fails for seed {seed}: {failure.Message}", failure);
            }
        }
    }

    /// <summary>An amount with up to four places.</summary>
    public decimal Amount(decimal low, decimal high) => low + (decimal.Round((decimal)random.NextDouble(), 4) * (high - low));

    public int Whole(int low, int high) => random.Next(low, high + 1);

    public double Fraction(double high) => random.NextDouble() * high;

    public List<T> List<T>(int shortest, int longest, Func<Draw, T> item) =>
        [.. Enumerable.Range(0, Whole(shortest, longest)).Select(_ => item(this))];

    public List<T> Shuffle<T>(IReadOnlyCollection<T> items) => [.. items.OrderBy(_ => random.Next())];
}
