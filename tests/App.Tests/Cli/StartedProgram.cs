using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Cli;

/// <summary>The program itself, as a process of its own group, as a terminal would start it. Killed when disposed of, should it still run.</summary>
internal sealed class StartedProgram : IDisposable
{
    // Nothing here takes long; what does hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StringBuilder said = new();
    private Action? heardMore;

    private StartedProgram(string? account, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        string[] command = ["setsid", "dotnet", Path.Combine(AppContext.BaseDirectory, "OffGridFlow.Web.dll"), .. arguments];
        if (account is not null)
        {
            command = ["setpriv", "--reuid", account, "--regid", account, "--clear-groups", "--", .. command];
        }

        // From elsewhere: what it needs it finds by its own place and the launcher's variables.
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = "/", RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        start.Environment.Remove(DatabaseSettings.Variable);
        start.Environment.Remove(DatabaseSettings.ApplicationVariable);
        start.Environment["OFFGRIDFLOW_HOME"] = Repository.Root;
        start.Environment["OFFGRIDFLOW_DATA"] = Repository.Data;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Its process, and its group: it becomes the program without a fork.</summary>
    public int Id => process.Id;

    /// <summary>Where it says that it is ready.</summary>
    public static string Address(string output) => Regex.Match(output, @"ready at (http://\S+)", RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true } found
        ? found.Groups[1].Value
        : throw new InvalidOperationException($"It named no address:\n{output}");

    public static StartedProgram Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) => new(null, environment, arguments);

    public static StartedProgram StartAs(string? account, IReadOnlyDictionary<string, string> environment, params string[] arguments) => new(account, environment, arguments);

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output)> Run(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var program = new StartedProgram(null, environment, arguments);
        return (await program.Ended(), program.Output);
    }

    public string Output
    {
        get
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    /// <summary>Until it has printed a line with this in it; returns all it printed.</summary>
    public async Task<string> Says(string text)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (Output.Contains(text, StringComparison.Ordinal) || process.HasExited)
            {
                heard.TrySetResult();
            }
        }

        heardMore += Look;
        Look();
        await heard.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        heardMore -= Look;
        Assert.True(Output.Contains(text, StringComparison.Ordinal), $"It ended without saying \"{text}\":\n{Output}");
        return Output;
    }

    /// <summary>Ctrl-C: the signal goes to the whole group.</summary>
    public async Task<int> Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", "--", $"-{Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await Ended();
    }

    public async Task<int> Ended()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
    }

    private void Hear(string? line)
    {
        lock (said)
        {
            said.AppendLine(line);
        }

        heardMore?.Invoke();
    }
}
