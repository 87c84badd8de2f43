using System.Diagnostics;
using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Estimates;

/// <summary>What a run of <c>offgridflow estimate</c> left behind: its exit code and what it wrote to either stream.</summary>
internal sealed record EstimateRunResult(int ExitCode, string Output, string Error)
{
    /// <summary>The rows of NDJSON output.</summary>
    public IReadOnlyList<JsonElement> Rows { get; } = Output.Length > 0 && Output[0] == '{' && !Output.StartsWith("{\"rows\"", StringComparison.Ordinal)
        ? Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList()
        : [];

    public JsonElement Row => Assert.Single(Rows);
}

/// <summary>Runs the built program as its user does: a process of its own, a file or a pipe in, two streams out.</summary>
internal static class EstimateVerb
{
    /// <summary>Estimates text as a file of the given name, as NDJSON.</summary>
    public static EstimateRunResult Of(string text, params string[] options) => File("activities.csv", Encoding.UTF8.GetBytes(text), options);

    /// <summary>Estimates the bytes as a file of the given name, as NDJSON unless the options say otherwise.</summary>
    public static EstimateRunResult File(string name, byte[] bytes, params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("offgridflow-").FullName;
        var path = Path.Combine(folder, name);
        System.IO.File.WriteAllBytes(path, bytes);
        var result = Run(["estimate", path, .. options.Contains("--format", StringComparer.Ordinal) ? [] : (string[])["--format", "ndjson"], .. options]);
        Directory.Delete(folder, recursive: true);
        return result;
    }

    /// <summary>Runs the program with these arguments.</summary>
    /// <param name="arguments">All of them, the verb first.</param>
    /// <param name="input">What is piped in, or nothing.</param>
    public static EstimateRunResult Run(IReadOnlyList<string> arguments, byte[]? input = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = Repository.Root,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "OffGridFlow.Web.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["OFFGRIDFLOW_DATA"] = Repository.Data;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.BaseStream.Write(input ?? []);
        process.StandardInput.Close();
        process.WaitForExit();
        return new EstimateRunResult(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}

/// <summary>Short ways into a row of output.</summary>
internal static class EstimateRows
{
    public static string Text(this JsonElement element, string property) =>
        element.GetProperty(property) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : element.GetProperty(property).GetRawText();

    public static string Disposition(this JsonElement row) => row.Text("disposition");

    public static string Code(this JsonElement row) => row.GetProperty("problem").Text("code");

    public static IReadOnlyList<JsonElement> Entries(this JsonElement row) =>
        row.TryGetProperty("entries", out var entries) ? entries.EnumerateArray().ToList() : [];

    /// <summary>The one entry of a role and basis.</summary>
    public static JsonElement Entry(this JsonElement row, string role, string basis = "single") =>
        Assert.Single(row.Entries(), entry => entry.Text("role") == role && entry.Text("basis") == basis);

    public static decimal Kilograms(this JsonElement entry) =>
        decimal.Parse(entry.Text("co2e_kg"), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture);

    public static IReadOnlyList<string> Notes(this JsonElement row) =>
        row.TryGetProperty("notes", out var notes) ? notes.EnumerateArray().Select(note => note.Text("code")).ToList() : [];
}
