using System.Text.Json;

namespace OffGridFlow.Ledger.Calculations;

/// <summary>
/// How the quantities of an activity's entries came from its own: kept apart from the calculation, so that a million flights of
/// different lengths share the calculations of a few classes. Content-addressed like them; canonical JSON like theirs.
/// </summary>
/// <param name="Format">1.</param>
/// <param name="Quantity">As the activity states it.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Steps">From there to the entries' quantities, in order.</param>
/// <param name="Quantities">What each entry is multiplied by, before it is shared out over months, in the order of their slots.</param>
/// <param name="Notes">What was assumed.</param>
internal sealed record Workings(int Format, decimal Quantity, string Unit, IReadOnlyList<Step> Steps, IReadOnlyList<decimal> Quantities, IReadOnlyList<Note>? Notes)
{
    /// <summary>Text and id of an estimate's workings, or null when the entries' quantities are the activity's own and nothing was assumed.</summary>
    public static (Guid Id, string Text)? Of(Activity activity, Estimate estimate)
    {
        if (estimate.Steps.Count == 0 && estimate.Notes.Count == 0 && estimate.Entries.All(entry => entry.Quantity == activity.Quantity))
        {
            return null;
        }

        var text = JsonSerializer.Serialize(
            new Workings(
                1, activity.Quantity, activity.Unit.Symbol, estimate.Steps, estimate.Entries.Select(entry => entry.Quantity).ToList(),
                estimate.Notes.Count == 0 ? null : estimate.Notes),
            CalculationBody.Canonical);
        return (Calculation.IdOf(text), text);
    }

    /// <exception cref="JsonException">They are no workings of ours.</exception>
    public static Workings Read(string text) =>
        JsonSerializer.Deserialize<Workings>(text, CalculationBody.Canonical) ?? throw new JsonException("Workings are an object.");
}
