using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Checks;

namespace OffGridFlow.Web.Cli;

/// <summary>factors check: the firewall between publications and the product.</summary>
internal static class FactorsCheckCommand
{
    internal static Command Create()
    {
        var data = DataFolder.Option();
        var format = Format.Option("text", "json", "csv");
        var zeros = new Option<bool>("--zeros") { Description = "List every factor whose figure is a genuine zero." };
        var accepted = new Option<bool>("--accepted") { Description = "List what was accepted, with the reasons." };
        var verb = new Verb("check", "Check every factor: form, previous edition, peers, plausibility, release. Exit code 1 when anything odd is not accepted.")
        {
            Examples = ["factors check", "factors check --zeros", "factors check --format csv > findings.csv"],
            Options = { data, format, zeros, accepted },
        };
        verb.SetAction(result =>
        {
            var folder = DataFolder.Of(result, data);
            var report = Firewall.Over(folder, FactorLibrary.Load(folder)).Run();
            var output = result.InvocationConfiguration.Output;
            switch (result.GetValue(format))
            {
                case "json":
                    output.WriteLine(JsonSerializer.Serialize(
                        new { report.Passed, report.Factors, report.Failures, Accepted = report.Accepted.Select(a => new { a.Finding, a.Reason }), report.Zeros }, Format.Json));
                    break;
                case "csv":
                    Findings(report).WriteCsv(output);
                    break;
                default:
                    Write(output, report, result.GetValue(zeros), result.GetValue(accepted));
                    break;
            }

            return report.Passed ? CommandLine.Done : CommandLine.Fault;
        });
        return verb;
    }

    private static void Write(TextWriter output, CheckReport report, bool zeros, bool accepted)
    {
        if (zeros)
        {
            foreach (var id in report.Zeros)
            {
                output.WriteLine($"zero  {id}");
            }
        }

        if (accepted)
        {
            foreach (var (finding, reason) in report.Accepted)
            {
                output.WriteLine($"accepted  {finding.Check}  {finding.Id}  {finding.Value} against {finding.ComparedWith}: {reason}");
            }
        }

        if (report.Failures.Count > 0)
        {
            Findings(report).Write(output);
            output.WriteLine();
            foreach (var check in report.Failures.CountBy(finding => finding.Check).OrderByDescending(check => check.Value))
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{check.Value,7} {check.Key}"));
            }
        }

        var zerosByEdition = report.Zeros.CountBy(id => string.Join(':', id.Split(':').Take(2))).Select(edition => $"{edition.Key} {edition.Value}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Factors} factors, {report.Zeros.Count} genuine zeros ({string.Join(", ", zerosByEdition)})"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Failures.Count} findings to settle, {report.Accepted.Count} accepted with a reason in data/factors/accepted.csv"));
    }

    private static TextTable Findings(CheckReport report) => new(
        ["check", "id", "value", "compared with", "ratio"],
        report.Failures.Select(f => new[] { f.Check, f.Id, f.Value, f.ComparedWith, f.Ratio?.ToString(CultureInfo.InvariantCulture) ?? "" }));
}
