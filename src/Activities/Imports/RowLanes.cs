using OffGridFlow.Activities.Intake;
using OffGridFlow.Activities.Rows;

namespace OffGridFlow.Activities.Imports;

/// <summary>Reads a table with all cores, in order: one thread takes rows from the file, the others read what they mean.</summary>
internal sealed class RowLanes
{
    private readonly ActivityTable table;
    private readonly Lane[] lanes;
    private readonly long afterRow;

    /// <param name="table">The table.</param>
    /// <param name="scribe">Makes what a thread needs to itself.</param>
    /// <param name="afterRow">Rows up to this one are passed over.</param>
    public RowLanes(ActivityTable table, Func<RowScribe> scribe, long afterRow)
    {
        this.table = table;
        this.afterRow = afterRow;
        lanes = [.. Enumerable.Range(0, 2 * Math.Clamp(Environment.ProcessorCount, 2, 16)).Select(_ => new Lane(new RowBatch(table), scribe()))];
    }

    /// <summary>All rows, some hundred at a time. A part is valid until the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<ImportedRow>> Parts()
    {
        for (var (turn, idle) = (0, 0); idle < lanes.Length; turn++)
        {
            var lane = lanes[turn % lanes.Length];
            if (lane.Work is { } work)
            {
                work.GetAwaiter().GetResult();
                lane.Work = null;
                yield return lane.Rows.AsMemory(0, lane.Batch.Count);
            }

            if (idle == 0 && Fill(lane.Batch))
            {
                lane.Work = Task.Run(lane.Process);
            }
            else
            {
                idle++;
            }
        }
    }

    private bool Fill(RowBatch batch)
    {
        batch.Clear();
        while (!batch.IsFull && table.Read())
        {
            if (table.Row > afterRow)
            {
                batch.Add(table);
            }
        }

        return batch.Count > 0;
    }

    private sealed class Lane(RowBatch batch, RowScribe scribe)
    {
        public RowBatch Batch => batch;

        public ImportedRow[] Rows { get; } = new ImportedRow[RowBatch.Capacity];

        public Task? Work { get; set; }

        public void Process()
        {
            for (var row = 0; row < batch.Count; row++)
            {
                Rows[row] = scribe.Read(batch, row);
            }
        }
    }
}
