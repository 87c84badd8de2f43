namespace OffGridFlow.Factors;

/// <summary>Figures that already hold what another stage would add (data/kinds/overlaps.csv): a consumption-based grid factor holds the losses.</summary>
public sealed class Overlaps
{
    private readonly Dictionary<(string Publisher, Stage Stage), Stage[]> holds;

    private Overlaps(Dictionary<(string Publisher, Stage Stage), Stage[]> holds) => this.holds = holds;

    public static Overlaps Load(string dataFolder) => new(
        DataFile.Rows(Path.Combine(dataFolder, "kinds", "overlaps.csv")).ToDictionary(
            row => (row.Required("publisher"), FactorTable.ParseStage(row.Required("stage"))),
            row => row.Required("holds").Split(' ').Select(FactorTable.ParseStage).ToArray()));

    /// <summary>Whether one of the entries' factors already holds the stage.</summary>
    public bool Holds(IReadOnlyList<EntryPlan> entries, Stage stage)
    {
        foreach (var entry in entries)
        {
            if (entry.Factor is { } factor && holds.TryGetValue((factor.Edition.Publisher, factor.Stage), out var stages) && Array.IndexOf(stages, stage) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
