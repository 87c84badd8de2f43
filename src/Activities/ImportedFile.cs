using System.Text.Json;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.Activities;

/// <summary>Reads an imported file again, away from the database it was read into.</summary>
public static class ImportedFile
{
    /// <summary>The rows that have a quantity, in the file's order.</summary>
    /// <param name="path">The file's bytes.</param>
    /// <param name="fileName">As its owner named it.</param>
    /// <param name="options">JSON of what its sender said about it.</param>
    /// <param name="fiscalYearStart">Month in which the tenant's years begin.</param>
    /// <exception cref="InvalidDataException">It cannot be read as a table.</exception>
    public static IEnumerable<(long Row, decimal Quantity)> Quantities(string path, string? fileName, string options, int fiscalYearStart)
    {
        var asked = JsonSerializer.Deserialize<ImportOptions>(options, Json.Options)!;
        using var table = ActivityTable.Open(path, null, asked.Intake(fileName, fiscalYearStart));
        var batch = new Rows.RowBatch(table);
        var quantityAt = table.ColumnOf("quantity");
        while (table.Problem is null && quantityAt >= 0 && table.Read())
        {
            batch.Clear();
            batch.Add(table);
            if (table.Number(quantityAt, batch.Field(0, quantityAt), batch.IsTyped(0, quantityAt), out var quantity, out _) == CellOutcome.Value)
            {
                yield return (table.Row, quantity);
            }
        }

        if (table.Problem is { } problem)
        {
            throw new InvalidDataException($"{fileName ?? path}: {problem.Code}: {problem.Found}. {problem.Expected}.");
        }
    }
}
