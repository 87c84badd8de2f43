using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Cli;

/// <summary>verify as it is typed: what is no bundle, or is not there. Bundles themselves are in BundleTests.</summary>
public sealed class VerifyCommandTests
{
    [Fact]
    public void what_is_no_bundle_is_a_difference_and_exit_code_1()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, new string('x', 5000));

            var (code, output, _) = Offgridflow.Run("verify", file, "--data", Repository.Data);

            Assert.Equal(1, code);
            Assert.StartsWith("DIFFERENCE  zip structure\n  where       the end of the directory\n  found", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void a_file_that_is_not_there_is_a_fault_and_no_file_at_all_is_not_understood()
    {
        var (code, _, error) = Offgridflow.Run("verify", "/nowhere/acme.zip", "--data", Repository.Data);

        Assert.Equal(1, code);
        Assert.Contains("/nowhere/acme.zip", error, StringComparison.Ordinal);
        Assert.Equal(2, Offgridflow.Run("verify").Code);
        Assert.Equal(2, Offgridflow.Run("bundle", "out.zip").Code);
    }
}
