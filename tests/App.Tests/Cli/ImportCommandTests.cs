using System.Diagnostics;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.App.Tests.Cli;

/// <summary><c>./offgridflow import</c>, as a process of its own: from a file to the totals it posted, and the exit codes of <c>estimate</c>.</summary>
public sealed class ImportCommandTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("offgridflow-import").FullName;

    [Fact]
    public async Task it_waits_for_the_ledger_and_ends_on_the_sheet_with_the_totals_posted()
    {
        var (code, output, error) = await Import("meter-1.csv", "id,site,kind,quantity,unit,region\nW-1,Mill,electricity.grid,1000,kWh,GB\nW-2,Mill,fuel.diesel,,litre,GB\n", "--wait", "--period", "2025-Q1", "--unknown-places", "create");

        Assert.True(code == 0, error);
        Assert.Contains("Rows     2 = 1 calculated + 0 estimated + 0 excluded + 0 duplicate + 1 rejected", output, StringComparison.Ordinal);
        Assert.Contains("facility Mill: 1 rows (1000 kWh)", output, StringComparison.Ordinal);
        Assert.Matches("Ledger   [1-9][0-9]* entries", output);
        Assert.Matches(@"0\.\d+ t CO2e       Scope 2, location-based", output);
        Assert.Equal((new DateTime(2025, 1, 1), new DateTime(2025, 3, 31)), await Days("W-1"));
    }

    [Theory]
    [InlineData(3, "id,kind,quantity,unit,region,start\nS-1,electricity.grid,,kWh,GB,2025-01-31\n", "--strict")]
    [InlineData(2, "id,kind\n", "--template", "No such")]
    [InlineData(2, "id,kind\n", "--period", "someday")]
    [InlineData(2, "id,kind\n", "--facility", "NOWHERE")]
    [InlineData(2, "id,kind\n", "--unknown-places", "invent")]
    [InlineData(1, "nothing that could be a table\n", "--wait")]
    public async Task it_exits_as_estimate_does(int expected, string content, params string[] options)
    {
        var (code, output, error) = await Import($"x{Guid.CreateVersion7():N}.csv", content, options);

        Assert.True(code == expected, $"{code}: {output}{error}");
    }

    [Theory]
    [InlineData(0, null, 0, "0 rows")]
    [InlineData(96_000, 200_000L, 1, "96,000 rows, 48 %, 96,000 rows/s")]
    [InlineData(199_999, 200_000L, 2, "199,999 rows, 99 %, 100,000 rows/s")]
    [InlineData(50, null, 1, "50 rows, 50 rows/s")]
    public void it_says_how_far_it_is(long rows, long? expected, int seconds, string said) => Assert.Equal(said, ImportProgress.Line(rows, expected, TimeSpan.FromSeconds(seconds)));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<(int Code, string Output, string Error)> Import(string name, string content, params string[] options)
    {
        var file = Path.Combine(folder, name);
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OffGridFlow.Web.dll"), "import", file, "--tenant", "acme", "--data", folder, .. options])
        {
            WorkingDirectory = Repository.Root, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment[DatabaseSettings.Variable] = database.AdminConnection.ConnectionString;
        start.Environment[DatabaseSettings.ApplicationVariable] = database.ApplicationConnection.ConnectionString;
        start.Environment["OFFGRIDFLOW_DATA"] = Repository.Data;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private async Task<(DateTime, DateTime)> Days(string id)
    {
        await using var command = database.Admin.CreateCommand("select start_on::timestamp, end_on::timestamp from activities.activities where columns->>'id' = $1 and version = 1");
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
        return (reader.GetDateTime(0), reader.GetDateTime(1));
    }
}
