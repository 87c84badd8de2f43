namespace OffGridFlow.Factors.Publications;

/// <summary>Builds tables that are no factors: lists and figures that methods look up.</summary>
internal abstract class ReferenceTable
{
    /// <summary>What <c>--only</c> calls it: <c>cbam</c>.</summary>
    public abstract string Name { get; }

    /// <summary>writes files below data and returns one line per file written</summary>
    public abstract IEnumerable<(string Path, int Rows)> Build(string dataFolder, string sourceFolder);
}
