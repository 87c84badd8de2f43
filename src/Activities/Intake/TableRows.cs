namespace OffGridFlow.Activities.Intake;

/// <summary>The rows of one table, top to bottom, cells as UTF-8. Spans are valid until the next row.</summary>
public abstract class TableRows : IDisposable
{
    /// <summary>The row's number as its owner sees it: the line of a text file on which it starts, or Excel's row number.</summary>
    public int Number { get; protected set; }

    public int CellCount { get; protected set; }

    /// <summary>Why the row as such cannot be trusted, such as a quote that never ends; null for a sound row.</summary>
    public Problem? Problem { get; protected set; }

    public abstract bool Next();

    /// <summary>The cell's text, untrimmed; empty beyond the row's end.</summary>
    public abstract ReadOnlySpan<byte> Cell(int column);

    /// <summary>Whether the file itself holds a number or date here rather than text, so that its form is beyond doubt.</summary>
    public virtual bool IsTyped(int column) => false;

    /// <summary>The error a formula ended in (<c>#REF!</c>), or null.</summary>
    public virtual string? Error(int column) => null;

    public bool IsBlank(int column) => Utf8Text.Trim(Cell(column)).IsEmpty && Error(column) is null;

    public bool IsBlank()
    {
        for (var i = 0; i < CellCount; i++)
        {
            if (!IsBlank(i))
            {
                return false;
            }
        }

        return true;
    }

    public abstract void Dispose();
}
