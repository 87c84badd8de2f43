using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using OffGridFlow.Web.Intake;

namespace OffGridFlow.Web.Estimates;

/// <summary>Turns a table into a result, row for row and in order, with all cores: one reads, the rest compute.</summary>
internal sealed class EstimateRun(ActivityTable table, ReferenceData data, Estimator estimator)
{
    // Enough batches in flight that no thread waits for another, few enough that memory stays small.
    private static readonly int InFlight = (2 * Environment.ProcessorCount) + 2;

    private readonly ConcurrentBag<Worker> workers = [];
    private readonly ConcurrentBag<RowBatch> batches = [];
    private readonly Dictionary<UInt128, int> seen = [];
    private bool begun;

    /// <summary>How a batch's outcomes are written: the batch, the row in it, its outcome.</summary>
    public delegate void RowWriter(Utf8Output output, RowReader reader, RowBatch batch, int row, in RowOutcome outcome);

    /// <summary>Reads the table to its end.</summary>
    /// <param name="output">Where the rows go, in the order of the file.</param>
    /// <param name="write">How a row is written.</param>
    /// <param name="progress">Told the number of rows done, now and then.</param>
    public Totals Run(Stream output, RowWriter write, Action<long>? progress = null)
    {
        var totals = new Totals();
        var pending = new Queue<Task<Worker>>();
        var idAt = table.ColumnOf("id");
        var done = 0L;
        var more = true;
        while (more || pending.Count > 0)
        {
            while (more && pending.Count < InFlight)
            {
                if (Next(idAt) is { } batch)
                {
                    pending.Enqueue(Task.Run(() => Process(batch, write)));
                }
                else
                {
                    more = false;
                }
            }

            if (pending.TryDequeue(out var oldest))
            {
                var worker = oldest.GetAwaiter().GetResult();
                output.Write(worker.Output.Written);
                totals.Add(worker.Totals);
                done += worker.Batch!.Count;
                progress?.Invoke(done);
                batches.Add(worker.Batch);
                workers.Add(worker);
            }
        }

        return totals;
    }

    private RowBatch? Next(int idAt)
    {
        if (!batches.TryTake(out var batch))
        {
            batch = new RowBatch(table);
        }

        batch.Clear();
        batch.IsFirst = !begun;
        begun = true;
        while (!batch.IsFull && table.Read())
        {
            batch.Add(table);
            MarkDuplicate(batch, batch.Count - 1, idAt);
        }

        return batch.Count > 0 ? batch : null;
    }

    // The same id with the same content in every column is the same activity twice. The same id with other content is not:
    // meters and sites repeat.
    private void MarkDuplicate(RowBatch batch, int row, int idAt)
    {
        if (idAt < 0 || batch.Field(row, idAt).IsEmpty || batch.Problems[row] is not null || batch.Exclusions[row] is not null)
        {
            return;
        }

        ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, batch.Hash(row), out var exists);
        if (exists)
        {
            batch.DuplicateOf[row] = first;
        }
        else
        {
            first = batch.Rows[row];
        }
    }

    private Worker Process(RowBatch batch, RowWriter write)
    {
        if (!workers.TryTake(out var worker))
        {
            worker = new Worker(new RowReader(table, data, estimator));
        }

        worker.Batch = batch;
        worker.Output.Clear();
        worker.Totals = new Totals();
        var idAt = worker.Reader.At("id");
        for (var row = 0; row < batch.Count; row++)
        {
            var outcome = worker.Reader.Outcome(batch, row);
            worker.Totals.Add(outcome, batch, row, idAt);
            write(worker.Output, worker.Reader, batch, row, outcome);
        }

        return worker;
    }

    private sealed class Worker(RowReader reader)
    {
        public RowReader Reader { get; } = reader;

        public Utf8Output Output { get; } = new();

        public Totals Totals { get; set; } = new();

        public RowBatch? Batch { get; set; }
    }
}
