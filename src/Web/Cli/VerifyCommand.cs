using System.CommandLine;
using System.Globalization;
using OffGridFlow.Factors;
using OffGridFlow.Ledger.Bundles;

namespace OffGridFlow.Web.Cli;

/// <summary>verify: recomputes an evidence bundle, without a database and without trusting it.</summary>
internal static class VerifyCommand
{
    internal static Command Create()
    {
        var place = new Argument<FileInfo>("bundle") { Description = "The bundle." };
        var data = DataFolder.Option();
        var verb = new Verb("verify", "Recompute every entry and every root of an evidence bundle, offline. Exit code 1 at the first difference.")
        {
            Examples = ["verify acme-2025.zip"],
            Arguments = { place },
            Options = { data },
        };
        verb.SetAction(result =>
        {
            var output = result.InvocationConfiguration.Output;
            var scratch = Directory.CreateTempSubdirectory("offgridflow-verify");
            try
            {
                var checkedBundle = VerifyBundle.Handle(result.GetValue(place)!.FullName, ReferenceData.Load(DataFolder.Of(result, data)), scratch.FullName);
                foreach (var remark in checkedBundle.Remarks)
                {
                    output.WriteLine(remark);
                }

                if (checkedBundle.What is { } what)
                {
                    output.WriteLine($"DIFFERENCE  {what}\n  where       {checkedBundle.Where}\n  found       {checkedBundle.Found}\n  recomputed  {checkedBundle.Recomputed}");
                    return CommandLine.Fault;
                }

                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{checkedBundle.Tenant} {checkedBundle.Period}: {checkedBundle.Entries:N0} entries recomputed from {checkedBundle.Activities:N0} activities by {checkedBundle.Calculations:N0} calculations and {checkedBundle.Factors:N0} factors; {checkedBundle.Runs:N0} runs chained; {checkedBundle.FileRows:N0} rows compared cell by cell with their files, {checkedBundle.WithoutFile:N0} activities came without one. No difference.\nsha256  {checkedBundle.Sha256}"));
                return CommandLine.Done;
            }
            finally
            {
                scratch.Delete(recursive: true);
            }
        });
        return verb;
    }
}
