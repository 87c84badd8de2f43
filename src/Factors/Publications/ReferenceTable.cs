namespace OffGridFlow.Factors.Publications;

/// <summary>
/// Makes reference tables of our own (warming potentials, airports, exchange rates, concordances) from official files.
/// One subclass a subject, found by its type; every build of the same files gives the same bytes.
/// </summary>
internal abstract class ReferenceTable
{
    /// <summary>What <c>factors build --only</c> calls it: <c>gwp</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Writes the tables under the data folder and tells each with its number of rows.</summary>
    /// <param name="dataFolder">The product's data folder.</param>
    /// <param name="sourceFolder">Where the official files are.</param>
    /// <exception cref="InvalidDataException">An official file is missing or not as expected.</exception>
    public abstract IEnumerable<(string Path, int Rows)> Build(string dataFolder, string sourceFolder);
}
