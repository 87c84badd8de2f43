namespace OffGridFlow.Activities.Intake;

/// <summary>
/// How a file writes its decimals and dates, learnt from the cells that leave no doubt. A value that could be read in two ways
/// is only read once every row has been looked at, so that what is decided never depends on where in the file it stands.
/// </summary>
public sealed class ColumnHabits
{
    /// <summary>Rows looked at before reading; the rest only when some value needs it.</summary>
    private const int FirstLook = 1000;

    private static readonly string[] NumberKeys = ["quantity", "passengers", "factor_value"];
    private static readonly string[] DateKeys = ["start", "end"];

    private readonly Func<TableRows> body;
    private readonly IntakeOptions options;
    private readonly Evidence[] numbers;
    private readonly Evidence[] dates;
    private bool complete;

    /// <param name="columns">The table's columns.</param>
    /// <param name="body">Opens the rows below the header.</param>
    /// <param name="options">What the caller knows already.</param>
    /// <param name="lookNow">Whether to look at the first rows at once; a workbook, whose cells are mostly typed, is dear to open and waits for need.</param>
    public ColumnHabits(IEnumerable<Column> columns, Func<TableRows> body, IntakeOptions options, bool lookNow)
    {
        this.body = body;
        this.options = options;
        var cells = columns.Where(column => column.Constant is null).ToList();
        numbers = [.. cells.Where(column => NumberKeys.Contains(column.Key, StringComparer.Ordinal)).Select(column => new Evidence(column.Index))];
        dates = [.. cells.Where(column => DateKeys.Contains(column.Key, StringComparer.Ordinal)).Select(column => new Evidence(column.Index))];
        if (lookNow)
        {
            Look(FirstLook);
        }
    }

    /// <summary>The style that the quantities seen so far prove.</summary>
    public DecimalStyle SeenDecimals => options.Decimals ?? (DecimalStyle)Together(numbers);

    /// <summary>The order that the dates seen so far prove.</summary>
    public DateOrder SeenDates => options.Dates ?? (DateOrder)Together(dates);

    /// <summary>How a doubtful number in this column is to be read: by its column, else by the file's other number columns.</summary>
    public DecimalStyle Decimals(int column)
    {
        if (options.Decimals is { } said)
        {
            return said;
        }

        Complete();
        return (DecimalStyle)Decided(numbers, column);
    }

    /// <summary>How a doubtful date in this column is to be read: by its column, else by the file's other date columns.</summary>
    public DateOrder Dates(int column)
    {
        if (options.Dates is { } said)
        {
            return said;
        }

        Complete();
        return (DateOrder)Decided(dates, column);
    }

    private static int Decided(Evidence[] evidence, int column) =>
        Array.Find(evidence, e => e.Column == column) is { Verdict: > 0 } own ? own.Verdict : Together(evidence);

    // 0 unknown, 1 and 2 the two ways, 3 both.
    private static int Together(Evidence[] evidence) => evidence.Aggregate(0, (all, e) => all | e.Verdict);

    private void Complete()
    {
        if (!complete)
        {
            Look(int.MaxValue);
        }
    }

    private void Look(int most)
    {
        if (numbers.Length + dates.Length == 0 || (options.Decimals is not null && options.Dates is not null))
        {
            complete = true;
            return;
        }

        using var rows = body();
        for (var i = 0; i < most; i++)
        {
            if (!rows.Next())
            {
                complete = true;
                return;
            }

            if (rows.Problem is not null)
            {
                continue;
            }

            foreach (var number in numbers)
            {
                if (!rows.IsTyped(number.Column))
                {
                    number.Add((int)NumberText.Proof(rows.Cell(number.Column), out _));
                }
            }

            foreach (var date in dates)
            {
                if (!rows.IsTyped(date.Column))
                {
                    date.Add((int)DateText.Proof(rows.Cell(date.Column), out _));
                }
            }
        }

        complete = most == int.MaxValue;
    }

    // Both enumerations count 1 and 2 for the two ways and 3 for both, so that verdicts add up by 'or'.
    private sealed class Evidence(int column)
    {
        public int Column => column;

        public int Verdict { get; private set; }

        public void Add(int verdict) => Verdict |= verdict;
    }
}
