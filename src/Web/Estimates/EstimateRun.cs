using OffGridFlow.Activities.Intake;

namespace OffGridFlow.Web.Estimates;

/// <summary>Turns a table into a result, row for row and in order, with all cores: one reads, the rest compute.</summary>
/// <param name="table">The rows.</param>
/// <param name="data">What ships with the product.</param>
/// <param name="estimator">Which factors count.</param>
/// <param name="rowsBefore">Rows of the table its owner does not count: the header of a table that was made from something else.</param>
internal sealed class EstimateRun(ActivityTable table, ReferenceData data, Estimator estimator, int rowsBefore = 0)
{
    // The same number on every machine: batches are dealt out to the lanes in turn, so that sums of doubles do not depend on
    // how many cores there are. Enough that no thread waits for another, few enough that memory stays small.
    private const int Lanes = 8;

    private readonly SeenRows seen = new();
    private bool begun;

    /// <summary>How a batch's outcomes are written: the batch, the row in it, its outcome.</summary>
    public delegate void RowWriter(Utf8Output output, RowReader reader, RowBatch batch, int row, in RowOutcome outcome);

    /// <summary>Reads the table to its end.</summary>
    /// <param name="output">Where the rows go, in the order of the file.</param>
    /// <param name="write">How a row is written.</param>
    /// <param name="progress">Told the number of rows done, now and then.</param>
    public Totals Run(Stream output, RowWriter write, Action<long>? progress = null)
    {
        var lanes = Enumerable.Range(0, Lanes).Select(_ => new Lane(new RowBatch(table), new RowReader(table, data, estimator), write)).ToArray();
        var idAt = table.ColumnOf("id");
        var done = 0L;
        for (var (turn, idle) = (0, 0); idle < Lanes; turn++)
        {
            var lane = lanes[turn % Lanes];
            if (lane.Work is { } work)
            {
                work.GetAwaiter().GetResult();
                output.Write(lane.Output.Written);
                done += lane.Batch.Count;
                progress?.Invoke(done);
                lane.Work = null;
            }

            if (idle == 0 && Fill(lane.Batch, idAt))
            {
                lane.Work = Task.Run(lane.Process);
            }
            else
            {
                idle++;
            }
        }

        var totals = new Totals();
        foreach (var lane in lanes)
        {
            totals.Add(lane.Totals);
        }

        return totals;
    }

    private bool Fill(RowBatch batch, int idAt)
    {
        batch.Clear();
        batch.IsFirst = !begun;
        begun = true;
        while (!batch.IsFull && table.Read())
        {
            batch.Add(table);
            batch.Rows[batch.Count - 1] -= rowsBefore;
            MarkDuplicate(batch, batch.Count - 1, idAt);
        }

        return batch.Count > 0;
    }

    // The same id with the same content in every column is the same activity twice. The same id with other content is not:
    // meters and sites repeat.
    private void MarkDuplicate(RowBatch batch, int row, int idAt)
    {
        if (idAt < 0 || batch.Field(row, idAt).IsEmpty || batch.Problems[row] is not null || batch.Exclusions[row] is not null)
        {
            return;
        }

        batch.DuplicateOf[row] = seen.FirstOrAdd(batch.Hash(row), batch.Rows[row]);
    }

    // A batch, and all that turns it into output: used again when its turn comes.
    private sealed class Lane(RowBatch batch, RowReader reader, RowWriter write)
    {
        private readonly int idAt = reader.At("id");

        public RowBatch Batch => batch;

        public Utf8Output Output { get; } = new();

        public Totals Totals { get; } = new();

        public Task? Work { get; set; }

        public void Process()
        {
            Output.Clear();
            for (var row = 0; row < batch.Count; row++)
            {
                var outcome = reader.Outcome(batch, row);
                Totals.Add(outcome, batch, row, idAt);
                write(Output, reader, batch, row, outcome);
            }
        }
    }
}
