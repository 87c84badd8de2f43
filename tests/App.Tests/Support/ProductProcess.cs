using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Threading.Channels;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Support;

/// <summary>The program in a process of its own, as <c>./offgridflow serve</c> or <c>work</c> starts it, on a test's database.</summary>
internal sealed class ProductProcess : IAsyncDisposable
{
    private const string Ready = "OffGridFlow is ready at ";

    private readonly Channel<string> said = Channel.CreateUnbounded<string>();
    private readonly Process process;
    private readonly string state = Directory.CreateTempSubdirectory("offgridflow-process").FullName;

    private ProductProcess(TestDatabase test, string[] verb, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OffGridFlow.Web.dll"), .. verb, "--data", state])
        {
            WorkingDirectory = Repository.Root, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment[DatabaseSettings.Variable] = test.AdminConnection.ConnectionString;
        start.Environment[DatabaseSettings.ApplicationVariable] = test.ApplicationConnection.ConnectionString;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Its own folder: what is not in the database or an outside file store is here.</summary>
    public string State => state;

    public Uri Address { get; private set; } = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A server, once it is ready.</summary>
    public static async Task<ProductProcess> Serve(TestDatabase test, params (string Name, string Value)[] environment)
    {
        var server = new ProductProcess(test, ["serve", "--port", "0"], environment);
        var heard = new List<string>();
        await foreach (var line in server.said.Reader.ReadAllAsync(Cancelled))
        {
            heard.Add(line);
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                server.Address = new Uri(line[Ready.Length..]);
                return server;
            }
        }

        await server.DisposeAsync();
        throw new InvalidOperationException("The server ended: " + string.Join('\n', heard));
    }

    public static ProductProcess Work(TestDatabase test, params (string Name, string Value)[] environment) => new(test, ["work"], environment);

    public async Task<HttpClient> Client(TestDatabase test, Caller caller)
    {
        var key = await test.Database.Write(caller, session => CreateApiKey.Handle(new CreateApiKey.Request("test", Role: "owner"), session, TimeProvider.System), Cancelled);
        var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Value.Key);
        return client;
    }

    /// <summary>Bytes of memory it has now, and forgets the most it ever had.</summary>
    public async Task<long> MemoryFromHere()
    {
        await File.WriteAllTextAsync($"/proc/{process.Id}/clear_refs", "5", Cancelled);
        return await Memory("VmRSS:");
    }

    /// <summary>The most bytes of memory it had since <see cref="MemoryFromHere"/>.</summary>
    public Task<long> MostMemory() => Memory("VmHWM:");

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        Directory.Delete(state, recursive: true);
    }

    private async Task<long> Memory(string field)
    {
        var line = (await File.ReadAllLinesAsync($"/proc/{process.Id}/status", Cancelled)).Single(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            said.Writer.TryComplete();
        }
        else
        {
            said.Writer.TryWrite(line);
        }
    }
}
