using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Releases;

namespace OffGridFlow.Web.Cli;

/// <summary>factors diff: what an edition changed.</summary>
internal static class FactorsDiffCommand
{
    internal static Command Create()
    {
        var library = new LibraryOptions();
        var older = new Argument<string>("older") { Description = "An edition: desnz:2024." };
        var newer = new Argument<string>("newer") { Description = "Another edition: desnz:2025." };
        var kind = new Option<string?>("--kind") { Description = "Kinds that start with this." };
        var format = Format.Option("table", "csv", "json");
        var verb = new Verb("diff", "Compare two editions: added, removed and changed factors, the largest change first.")
        {
            Examples = ["factors diff desnz:2024 desnz:2025", "factors diff nga:2024 nga:2025 --kind fuel --format csv"],
            Arguments = { older, newer },
            Options = { kind, format, library.Data, library.Packs },
        };
        verb.SetAction(result =>
        {
            IReadOnlyList<FactorChange> changes;
            try
            {
                changes = EditionDiff.Between(library.Load(result), result.GetValue(older)!, result.GetValue(newer)!);
            }
            catch (KeyNotFoundException unknown)
            {
                throw new UsageException(unknown.Message);
            }

            changes = changes.Where(change => result.GetValue(kind) is not { } prefix || change.Factor.Kind.StartsWith(prefix, StringComparison.Ordinal)).ToList();
            Write(result.InvocationConfiguration.Output, changes, result.GetValue(format)!);
            return CommandLine.Done;
        });
        return verb;
    }

    private static void Write(TextWriter output, IReadOnlyList<FactorChange> changes, string format)
    {
        var counts = changes.CountBy(change => change.Change).ToDictionary();
        var table = new TextTable(
            ["change", "kind", "stage", "region", "unit", "old", "new", "ratio", "id"],
            changes.Where(change => change.Change != Change.Same).Select(change => new[]
            {
                Name(change.Change), change.Factor.Kind, FactorTable.StageName(change.Factor.Stage), change.Factor.Region, change.Factor.Unit,
                FactorText.Number(change.OldValue), FactorText.Number(change.NewValue), FactorText.Number(change.Ratio), change.Factor.Id,
            }));
        switch (format)
        {
            case "json":
                output.WriteLine(JsonSerializer.Serialize(
                    new
                    {
                        Changed = counts.GetValueOrDefault(Change.Changed),
                        Removed = counts.GetValueOrDefault(Change.Removed),
                        Added = counts.GetValueOrDefault(Change.Added),
                        Same = counts.GetValueOrDefault(Change.Same),
                        Changes = changes.Where(change => change.Change != Change.Same).Select(change => new
                        {
                            Change = Name(change.Change),
                            change.Factor.Kind,
                            Stage = FactorTable.StageName(change.Factor.Stage),
                            change.Factor.Region,
                            change.Factor.Unit,
                            Old = change.OldValue,
                            New = change.NewValue,
                            change.Ratio,
                            OldId = change.Old?.Id,
                            NewId = change.New?.Id,
                        }),
                    },
                    Format.Json));
                break;
            case "csv":
                table.WriteCsv(output);
                break;
            default:
                table.Write(output);
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{counts.GetValueOrDefault(Change.Changed)} changed, {counts.GetValueOrDefault(Change.Removed)} removed, {counts.GetValueOrDefault(Change.Added)} added, {counts.GetValueOrDefault(Change.Same)} the same"));
                break;
        }
    }

    private static string Name(Change change) => change switch
    {
        Change.Added => "added",
        Change.Removed => "removed",
        Change.Changed => "changed",
        Change.Same => "same",
    };
}
