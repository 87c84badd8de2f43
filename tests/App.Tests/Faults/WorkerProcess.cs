using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Faults;

/// <summary>A process that works, started as <c>./offgridflow work</c> starts it; to be killed.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder said = new();
    private bool isDisposed;

    /// <param name="state">The installation's folder: files are in it.</param>
    /// <param name="admin">The database, as its owner.</param>
    /// <param name="application">The database, as the application.</param>
    /// <param name="chunk">Rows of a transaction.</param>
    public WorkerProcess(string state, NpgsqlConnectionStringBuilder admin, NpgsqlConnectionStringBuilder application, int chunk)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OffGridFlow.Web.dll"), "work", "--data", state])
        {
            WorkingDirectory = Repository.Root, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment[DatabaseSettings.Variable] = admin.ConnectionString;
        start.Environment[DatabaseSettings.ApplicationVariable] = application.ConnectionString;
        start.Environment["OFFGRIDFLOW_CHUNK_ROWS"] = chunk.ToString(CultureInfo.InvariantCulture);
        start.Environment["OFFGRIDFLOW_LEASE_SECONDS"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "0";
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>What it has printed so far.</summary>
    public string Said
    {
        get
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    /// <summary>kill -9. Again: nothing happens.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!isDisposed)
        {
            isDisposed = true;
            Kill();
            process.Dispose();
        }
    }

    private void Hear(string? line)
    {
        lock (said)
        {
            said.AppendLine(line);
        }
    }
}
