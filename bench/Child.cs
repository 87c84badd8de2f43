using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using CsvHelper;
using OffGridFlow.Web.Cli;
using OffGridFlow.Web.Estimates;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.Bench;

/// <summary>One piece of work in a process of its own, so that its memory and its first run are its own.</summary>
internal static class Child
{
    private const string Name = "child";

    /// <summary>What a child found.</summary>
    /// <param name="Time">How long it took.</param>
    /// <param name="PeakMegabytes">Peak resident memory of the process.</param>
    /// <param name="Count">Bytes written, or factors loaded.</param>
    public sealed record Result(Seconds Time, double PeakMegabytes, long Count);

    public static Command Create()
    {
        var work = new Argument<string>("WORK");
        var arguments = new Argument<string[]>("ARGUMENTS");
        var command = new Command(Name, "A piece of another benchmark's work.") { work, arguments };
        command.Hidden = true;
        command.SetAction((result, _) => Answer(result.GetValue(work)!, result.GetValue(arguments)!));
        return command;
    }

    /// <summary>Runs the work in a fresh process.</summary>
    public static Result Run(string work, params ReadOnlySpan<string> arguments)
    {
        var figures = Lines(work, arguments)[0].Split(' ');
        return new Result(new Seconds(Figure(figures[0]), Figure(figures[1]), Figure(figures[2])), Figure(figures[3]), long.Parse(figures[4], CultureInfo.InvariantCulture));

        static double Figure(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>Runs the work in a fresh process and gives the lines it says.</summary>
    public static IReadOnlyList<string> Lines(string work, params ReadOnlySpan<string> arguments)
    {
        using var process = Start(work, arguments);
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0 ? lines : throw new InvalidDataException($"The measuring process '{work}' failed.");
    }

    /// <summary>Starts the work in a fresh process.</summary>
    public static Process Start(string work, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (ReadOnlySpan<string>)[typeof(Child).Assembly.Location, Name, work, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static async Task<int> Answer(string work, string[] arguments)
    {
        switch (work)
        {
            case "import":
                return await ImportWork.Work(arguments[0], arguments[1], arguments[2], Number(arguments[3]));
            case "recalc":
                return await RecalcWork.Work(arguments[0], arguments[1], arguments[2], Number(arguments[3]));
            case "serve":
                return await ReadServer.Work(arguments[0], arguments[1], Guid.Parse(arguments[2]));
            case "load":
                return await ReadLoad.Work(arguments[0], arguments[1], Number(arguments[2]), Number(arguments[3]), arguments[4..]);
        }

        var found = Work(work, arguments);
        using var self = Process.GetCurrentProcess();
        await Console.Out.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{found.Time.First:R} {found.Time.Median:R} {found.Time.Processor:R} {self.PeakWorkingSet64 / 1e6:R} {found.Count}"));
        return CommandLine.Done;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static (Seconds Time, long Count) Work(string work, string[] arguments)
    {
        var count = 0L;
        Action act = work switch
        {
            "library" => () => count = ReferenceData.Load(arguments[0]).Library.Rows.Count,
            "estimate-count" or "estimate-once" => () => count = Estimate(arguments[0], arguments[1], new CountingStream()),
            "estimate-file" => () => count = Estimate(arguments[0], arguments[1], File.Create(arguments[1] + ".ndjson", 1)),
            "parse-strings" => () => count = ParseStrings(arguments[1]),
            "parse-typed" => () => count = ParseTyped(arguments[1]),
            "write" => () => count = WriteOnly(arguments[1] + ".ndjson", long.Parse(arguments[2], CultureInfo.InvariantCulture)),
            _ => throw new UsageException($"There is no work '{work}'."),
        };
        var time = work is "library" or "estimate-once" ? Report.Time(act, 0) : Report.Time(act);
        return (time, count);
    }

    // As the command does it. The library is loaded once: it has a benchmark of its own.
    private static ReferenceData? library;

    private static long Estimate(string dataFolder, string file, Stream output)
    {
        using (output)
        {
            var data = library ??= ReferenceData.Load(dataFolder);
            using var table = ActivityTable.Open(file);
            var estimator = new Estimator(data, new EstimateOptions(null, Mix.AsOf, DatePolicy.Effective));
            var run = new EstimateRun(table, data, estimator);
            var totals = run.Run(output, EstimateCommand.WriterOf("ndjson", new RowReader(table, data, estimator)));
            _ = new Summary(table, totals, estimator, data).Text();
            output.Flush();
            return totals.Rows[(int)Disposition.Rejected] == 0 ? output.Position : throw new InvalidDataException($"{totals.Rows[(int)Disposition.Rejected]} generated rows were rejected.");
        }
    }

    private static long ParseStrings(string file)
    {
        using var csv = CsvReader.Create(File.OpenRead(file), new CsvReaderOptions { HasHeader = false }, false);
        var length = 0L;
        while (csv.Read())
        {
            for (var i = 0; i < csv.FieldCount; i++)
            {
                length += csv.GetString(i).Length;
            }
        }

        return length;
    }

    private static long ParseTyped(string file)
    {
        using var csv = CsvReader.Create(File.OpenRead(file), new CsvReaderOptions { HasHeader = true }, false);
        var quantity = csv.GetFieldIndex("quantity");
        var (start, end) = (csv.GetFieldIndex("start"), csv.GetFieldIndex("end"));
        var seen = 0L;
        while (csv.Read())
        {
            for (var i = 0; i < csv.FieldCount; i++)
            {
                seen += i == quantity ? decimal.GetBits(csv.Parse<decimal>(i)).Length
                    : i == start || i == end ? csv.Parse<DateOnly>(i).DayNumber
                    : csv.GetString(i).Length;
            }
        }

        return seen;
    }

    // What the disk and the copying of the output alone take.
    private static long WriteOnly(string file, long bytes)
    {
        using var stream = File.Create(file, 1);
        var block = Encoding.UTF8.GetBytes(new string('x', 1 << 20));
        for (var left = bytes; left > 0; left -= block.Length)
        {
            stream.Write(block.AsSpan(0, (int)Math.Min(left, block.Length)));
        }

        return bytes;
    }

    /// <summary>Takes everything and knows how much it was.</summary>
    private sealed class CountingStream : Stream
    {
        private long length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => length;

        public override long Position { get => length; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer) => length += buffer.Length;

        public override void Write(byte[] buffer, int offset, int count) => length += count;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
