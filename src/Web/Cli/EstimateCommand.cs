using System.CommandLine;
using System.Globalization;
using System.Text;
using OffGridFlow.Engine;
using OffGridFlow.Web.Estimates;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.Web.Cli;

/// <summary><c>offgridflow estimate FILE</c>: a spreadsheet of activities in, what each row emits out.</summary>
internal static class EstimateCommand
{
    /// <summary>Exit code: <c>--strict</c>, and something was rejected.</summary>
    private const int Rejected = 3;

    private static readonly string[] Formats = ["table", "csv", "ndjson", "json"];
    private static readonly string[] Gwps = ["published", "ar4", "ar5", "ar6"];
    private static readonly string[] Policies = ["effective", "published"];

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Activities: .csv, .tsv, .xlsx or .xls, or - for standard input. Columns kind, quantity and unit are required." };
        var format = new Option<string>("--format") { DefaultValueFactory = _ => "table", Description = "How the rows are printed." };
        format.AcceptOnlyFromAmong(Formats);
        var gwp = new Option<string>("--gwp") { DefaultValueFactory = _ => "published", Description = "Global warming potentials: each edition's own, or one IPCC report for all." };
        gwp.AcceptOnlyFromAmong(Gwps);
        var asOf = new Option<DateOnly?>("--as-of") { Description = "Day of knowledge, 2025-12-31: editions published later are unknown. Default: today.", CustomParser = Day };
        var policy = new Option<string>("--policy") { DefaultValueFactory = _ => "effective", Description = "Which edition a row's date picks: the one meant for the date, or the latest published." };
        policy.AcceptOnlyFromAmong(Policies);
        var pack = new Option<string[]>("--pack") { Description = "Add a factor pack with a licence of its own: ceda.", AllowMultipleArgumentsPerToken = true };
        var explain = new Option<int?>("--explain") { Description = "Print how one row was calculated: its number in the file." };
        var strict = new Option<bool>("--strict") { Description = "Exit with 3 when any row was rejected." };
        var decimals = new Option<string?>("--decimal") { Description = "Decimal mark of the whole file, where the file itself leaves doubt: point or comma." };
        decimals.AcceptOnlyFromAmong("point", "comma");
        var dates = new Option<string?>("--dates") { Description = "Order of day and month, where the file itself leaves doubt: dmy or mdy." };
        dates.AcceptOnlyFromAmong("dmy", "mdy");
        var data = DataFolder.Option();
        var command = new Verb("estimate", "Say for every row of a spreadsheet what it emits, by which factor, how sure that is and why; or why it cannot be said.")
        {
            Examples =
            [
                "estimate activities.xlsx",
                "estimate bills.csv --format ndjson --gwp ar6 > rows.ndjson",
                "estimate activities.csv --explain 7",
                "estimate - --strict < activities.csv",
            ],
        };
        foreach (var option in (Option[])[format, gwp, asOf, policy, pack, explain, strict, decimals, dates, data])
        {
            command.Add(option);
        }

        command.Add(file);
        command.SetAction(result => Run(
            result.GetValue(file)!,
            result.GetValue(format)!,
            new EstimateOptions(
                FactorTable.ParseGwp(result.GetValue(gwp) is "published" ? null : result.GetValue(gwp)),
                result.GetValue(asOf) ?? Today(),
                result.GetValue(policy) is "published" ? DatePolicy.Published : DatePolicy.Effective),
            result.GetValue(pack) ?? [],
            result.GetValue(explain),
            result.GetValue(strict),
            new IntakeOptions(
                result.GetValue(decimals) switch { "point" => DecimalStyle.Point, "comma" => DecimalStyle.Comma, _ => null },
                result.GetValue(dates) switch { "dmy" => DateOrder.DayMonth, "mdy" => DateOrder.MonthDay, _ => null }),
            DataFolder.Of(result, data)));
        return command;
    }

    private static int Run(
        string file, string format, EstimateOptions options, string[] packs, int? explain, bool strict, IntakeOptions intake, string dataFolder)
    {
        using var table = ActivityTable.Open(file, file == "-" ? Console.OpenStandardInput() : null, intake);
        if (table.Problem is { } problem)
        {
            Console.Error.WriteLine($"{file}: {problem.Code}: found {problem.Found}; expected {problem.Expected}. {problem.Fix}");
            return CommandLine.Fault;
        }

        if (packs.FirstOrDefault(pack => !Directory.Exists(Path.Combine(dataFolder, "packs", pack))) is { } missing)
        {
            throw new UsageException($"There is no pack '{missing}'; there are: {string.Join(", ", Directory.GetDirectories(Path.Combine(dataFolder, "packs")).Select(Path.GetFileName))}.");
        }

        var data = ReferenceData.Load(dataFolder, packs);
        var estimator = new Estimator(data, options);
        using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        if (explain is { } row)
        {
            return Explanation.Write(table, data, estimator, row, output);
        }

        var run = new EstimateRun(table, data, estimator);
        output.Write(Head(format));
        var totals = run.Run(output, WriterOf(format, new RowReader(table, data, estimator)), Progress());
        var summary = new Summary(table, totals, estimator, data);
        if (format == "json")
        {
            output.Write(Encoding.UTF8.GetBytes($"],\"summary\":{summary.Json().ToJsonString(Summary.Indented)}}}\n"));
        }

        output.Flush();
        if (table.Problem is { } late)
        {
            Console.Error.WriteLine($"{file}: {late.Code}: found {late.Found}; expected {late.Expected}. {late.Fix}");
            return CommandLine.Fault;
        }

        Console.Error.Write(summary.Text());
        return strict && totals.Rows[(int)Disposition.Rejected] > 0 ? Rejected : CommandLine.Done;
    }

    private static ReadOnlySpan<byte> Head(string format) => format switch
    {
        "csv" => Encoding.UTF8.GetBytes(RowCsv.Header),
        "table" => Encoding.UTF8.GetBytes(RowTable.Header),
        "json" => "{\"rows\":[\n"u8,
        _ => default,
    };

    /// <summary>How rows are written in a format.</summary>
    internal static EstimateRun.RowWriter WriterOf(string format, RowReader reader)
    {
        var passed = reader.PassedThrough();
        return format switch
        {
            "csv" => RowCsv.Write,
            "table" => RowTable.Write,
            "json" => JsonRow,
            _ => NdjsonRow,
        };

        void NdjsonRow(Utf8Output output, RowReader rows, RowBatch batch, int row, in RowOutcome outcome) =>
            RowJson.Write(output, batch.Rows[row], batch.Field(row, rows.At("id")), outcome, new PassThrough(batch, row, passed));

        // Batches are computed side by side: the first row of the file is the one without a comma before it.
        void JsonRow(Utf8Output output, RowReader rows, RowBatch batch, int row, in RowOutcome outcome)
        {
            if (!(batch.IsFirst && row == 0))
            {
                output.Write((byte)',');
            }

            NdjsonRow(output, rows, batch, row, outcome);
        }
    }

    // A terminal that would otherwise stay silent is told how far a large file has come.
    private static Action<long>? Progress()
    {
        if (Console.IsErrorRedirected)
        {
            return null;
        }

        var said = 0L;
        return done =>
        {
            if (done - said >= 50_000)
            {
                said = done;
                Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{done:#,0} rows "));
            }
        };
    }

    private static DateOnly Today() => DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().DateTime);

    private static DateOnly? Day(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        result.AddError($"'{result.Tokens[0].Value}' is no day of the form 2025-12-31.");
        return null;
    }
}
