using System.CommandLine;
using System.Globalization;
using System.Text;
using OffGridFlow.Web.Estimates;

namespace OffGridFlow.Web.Cli;

/// <summary><c>offgridflow demo</c>: the main job on the example files, shown as one page.</summary>
internal static class DemoCommand
{
    // A fixed day of knowledge: the page is the same next year, when other editions are out.
    private static readonly DateOnly AsOf = new(2026, 6, 30);

    public static Command Create()
    {
        var data = DataFolder.Option();
        var command = new Verb("demo", "Show the footprint of a made-up company from the example files in data/examples.")
        {
            Examples = ["demo", "demo | less"],
            Options = { data },
        };
        command.SetAction(result => Run(DataFolder.Of(result, data)));
        return command;
    }

    private static int Run(string dataFolder)
    {
        // Bytes of UTF-8 whatever the locale says: the bars are no letters of Latin-1.
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
        Write(dataFolder, new Page(output, Page.IsColourful()));
        return CommandLine.Done;
    }

    /// <summary>The whole page.</summary>
    /// <exception cref="InvalidDataException">An example file is missing or damaged.</exception>
    internal static void Write(string dataFolder, Page page)
    {
        var folder = Path.Combine(dataFolder, "examples");
        var files = Directory.Exists(folder)
            ? Directory.GetFiles(folder).Where(file => Path.GetExtension(file) is ".csv" or ".tsv" or ".xlsx").Order(StringComparer.Ordinal).ToList()
            : [];
        if (files.Count == 0)
        {
            throw new InvalidDataException($"There are no example files in {folder}.");
        }

        var data = ReferenceData.Load(dataFolder);
        var footprint = new Footprint(data, new Estimator(data, new EstimateOptions(null, AsOf, DatePolicy.Effective)));
        foreach (var file in files)
        {
            footprint.Add(file);
        }

        page.Line();
        page.Wrapped("A made-up maker of pumps in 2025: its head office in Leeds, a foundry in Kassel, a warehouse in Reno, a workshop in Newcastle, New South Wales, and a supplier in Pune. Its files are in data/examples, untidy as such files are.", 0);
        FootprintText.Write(footprint, page);
        Sources(footprint, page);
        Next(footprint, page);
    }

    private static void Sources(Footprint footprint, Page page)
    {
        page.Heading("FACTORS");
        page.Wrapped(string.Join(", ", footprint.Totals.Editions().Select(edition => edition.Key)), 2);
        page.Wrapped(string.Create(
            CultureInfo.InvariantCulture,
            $"of {footprint.Library.Rows.Count:#,0} factors in {footprint.Library.Editions.Count} editions, known on {footprint.Options.AsOf:yyyy-MM-dd}, weighted as each publication does. Licences and attributions: data/factors/LICENSES.md."), 2);
    }

    private static void Next(Footprint footprint, Page page)
    {
        var largest = footprint.Lines.OrderByDescending(line => Math.Abs(line.Co2eKg)).First();
        var rejected = footprint.Lines.FirstOrDefault(line => line.Problem is not null) ?? largest;
        page.Heading("TRY NEXT");
        Command($"estimate {Shown(rejected.Path)}", "every row, factor and range");
        Command(string.Create(CultureInfo.InvariantCulture, $"estimate {Shown(largest.Path)} --explain {largest.Row}"), "how the largest row came out");
        Command($"estimate {Shown(rejected.Path)} --strict; echo $?", "3: something was rejected");
        Command($"estimate {Shown(largest.Path)} --gwp ar6", "other warming potentials");
        Command("factors search district heat", "what the library has");
        Command("kinds show travel.air", "what columns a kind takes");
        page.Line();

        void Command(string verb, string what) => page.Line($"  {Page.Left("./offgridflow " + verb, 66)}  {what}");
    }

    private static string Shown(string path) => "data/examples/" + Path.GetFileName(path);
}
