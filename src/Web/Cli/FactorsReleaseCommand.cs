using System.CommandLine;
using System.Globalization;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Releases;

namespace OffGridFlow.Web.Cli;

/// <summary>factors release: number the state of the tables.</summary>
internal static class FactorsReleaseCommand
{
    internal static Command Create()
    {
        var data = DataFolder.Option();
        var date = new Option<string>("--date") { Required = true, Description = "Day of the release: 2026-01-31." };
        var note = new Option<string>("--note") { Required = true, Description = "What changed, for a person." };
        var verb = new Verb("release", "Add the next number to data/factors/releases.csv when the tables differ from the last release.")
        {
            Examples = ["factors release --date 2026-01-31 --note \"DESNZ 2026\""],
            Options = { date, note, data },
        };
        verb.SetAction(result =>
        {
            if (!DateOnly.TryParseExact(result.GetValue(date), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                throw new UsageException($"'{result.GetValue(date)}' is no date of the form 2026-01-31.");
            }

            var folder = DataFolder.Of(result, data);
            Release? release;
            try
            {
                release = ReleaseList.Add(folder, FactorLibrary.Load(folder), day, result.GetValue(note)!);
            }
            catch (ArgumentException mistake)
            {
                throw new UsageException(mistake.Message);
            }

            result.InvocationConfiguration.Output.WriteLine(release is null
                ? "The tables are those of the last release: nothing to do."
                : string.Create(CultureInfo.InvariantCulture, $"Release {release.Number}: {release.Factors} factors, content {release.ContentHash}"));
            return CommandLine.Done;
        });
        return verb;
    }
}
