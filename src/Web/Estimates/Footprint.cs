using System.Collections.Concurrent;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.Web.Estimates;

/// <summary>What several files come to together, with each of their rows: small files, since the rows are kept.</summary>
internal sealed class Footprint(ReferenceData data, Estimator estimator)
{
    private readonly List<Source> sources = [];

    /// <summary>The sums of all files.</summary>
    public Totals Totals { get; } = new();

    public IReadOnlyList<Source> Sources => sources;

    public FactorLibrary Library => data.Library;

    public EstimateOptions Options => estimator.Options;

    public IEnumerable<Line> Lines => sources.SelectMany(source => source.Lines);

    /// <summary>One file.</summary>
    public sealed record Source(string Path, TableFormat Format, Totals Totals, IReadOnlyList<Line> Lines)
    {
        public string Name => System.IO.Path.GetFileName(Path);
    }

    /// <summary>One row and how it ended. Scope 2 counts location-based, as in <see cref="Totals.LargestRows"/>.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Row">Its number in the file.</param>
    /// <param name="Kind">Key of its kind, or what was written where no kind has that name.</param>
    /// <param name="Amount">Quantity and unit as written.</param>
    /// <param name="Region">Code of its place, or what was written where no place has that name.</param>
    /// <param name="Disposition">How it ended.</param>
    /// <param name="Co2eKg">What it emits, in all its entries.</param>
    /// <param name="Factor">Id of the factor of its first entry, or what stands for it.</param>
    /// <param name="Problem">Why it was rejected.</param>
    /// <param name="Reason">Why it was excluded, or of what it is a duplicate.</param>
    /// <param name="Notes">What was assumed.</param>
    public sealed record Line(
        string Path, int Row, string Kind, string Amount, string Region, Disposition Disposition, decimal Co2eKg, string Factor,
        Problem? Problem, string? Reason, IReadOnlyList<Note> Notes);

    /// <summary>Reads a file and adds it.</summary>
    /// <exception cref="InvalidDataException">The file as a whole cannot be read.</exception>
    public void Add(string path)
    {
        using var table = ActivityTable.Open(path);
        Refuse(path, table.Problem);
        var lines = new ConcurrentBag<Line>();
        var totals = new EstimateRun(table, data, estimator).Run(
            Stream.Null,
            (Utf8Output _, RowReader reader, RowBatch batch, int row, in RowOutcome outcome) => lines.Add(LineOf(path, reader, batch, row, outcome)));
        Refuse(path, table.Problem);
        Totals.Add(totals);
        sources.Add(new Source(path, table.Format, totals, lines.OrderBy(line => line.Row).ToList()));
    }

    private Line LineOf(string path, RowReader reader, RowBatch batch, int row, in RowOutcome outcome)
    {
        var written = batch.Text(row, reader.At("kind")) ?? "";
        var place = batch.Text(row, reader.At("region")) ?? "";
        var co2e = 0m;
        for (var i = 0; i < outcome.EntryCount; i++)
        {
            var entry = outcome.Entry(i);
            co2e += entry.Plan.Basis == Basis.Market ? 0m : entry.Amounts.Co2eKg;
        }

        return new Line(
            path, batch.Rows[row],
            data.Kinds.Find(written)?.Key ?? written,
            $"{batch.Text(row, reader.At("quantity"))} {batch.Text(row, reader.At("unit"))}".Trim(),
            data.Regions.Find(place) ?? place,
            outcome.Disposition, co2e,
            outcome.EntryCount > 0 ? outcome.Entry(0).Plan.FactorId : "",
            outcome.Problem, outcome.Reason, outcome.Notes);
    }

    private static void Refuse(string path, Problem? problem)
    {
        if (problem is not null)
        {
            throw new InvalidDataException($"{path}: {problem.Code}: found {problem.Found}; expected {problem.Expected}. {problem.Fix}");
        }
    }
}
