using System.Diagnostics;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Activities.Connectors;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Tokens;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;

namespace OffGridFlow.App.Tests.Security;

/// <summary>Rotating the installation's keys from the command line, while a server runs.</summary>
public sealed class KeysCommandTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task signing_keys_and_the_master_key_are_rotated_under_a_server_that_runs()
    {
        var email = await People.Make(api, api.Database.Acme, "owner");
        var before = await Login(email);
        await (await api.Client(before).Post("/api/v1/webhooks", new { url = "https://hooks.invalid/hook" })).Json(201);

        var source = (await (await api.Client(before).Post("/api/v1/sources", new { name = "Bills", url = "https://files.example.org/bills.csv", header_name = "Authorization", header_value = "Bearer theirs" })).Json(201)).GetProperty("source_id").GetGuid();

        Assert.Contains("A new key signs tokens", await Run("keys", "rotate"), StringComparison.Ordinal);
        await Eventually(async () => KeyOf(await Login(email)) != KeyOf(before));
        Assert.Equal(200, (int)(await api.Client(before).Get("/api/v1/tenant")).StatusCode);
        Assert.Equal(2, (await (await api.Nobody.Get(TokensFeature.KeysPath)).Json()).GetProperty("keys").GetArrayLength());

        var file = Path.Combine(api.StateFolder, "keys", "master");
        var first = (await File.ReadAllTextAsync(file, Ct)).Trim();
        Assert.Matches(@"^\d+ data keys are sealed with the master key \d{8}T\d{6}Z\.", await Run("keys", "rotate", "--master"));
        var lines = (await File.ReadAllLinesAsync(file, Ct)).Where(line => line.Length > 0).ToArray();
        Assert.Equal((2, first), (lines.Length, lines[1]));
        Assert.Equal([lines[0].Split(':')[0]], await Admin("select distinct master from platform.data_keys"));

        // What was sealed opens with the new key alone, on the server that runs and on one that starts.
        await File.WriteAllTextAsync(file, lines[0] + "\n", Ct);
        var (other, services) = await api.Another();
        Assert.Equal("Bearer theirs", await api.Database.Database.Read(api.Database.Acme, session => SourceSecrets.Open(session, services.GetRequiredService<Seals>(), source), Ct));
        using var there = api.Client(null, other);
        Assert.Equal(200, (int)(await there.Post("/api/v1/auth/login", new { email, password = People.Password })).StatusCode);
        Assert.Equal(200, (int)(await api.Client(await Login(email)).Get("/api/v1/tenant")).StatusCode);
    }

    private async Task<string> Login(string email) => (await (await api.Nobody.Post("/api/v1/auth/login", new { email, password = People.Password })).Json()).GetProperty("access_token").GetString()!;

    private static string KeyOf(string token) => JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0])).RootElement.GetProperty("kid").GetString()!;

    private async Task<string[]> Admin(string sql)
    {
        await using var connection = await api.Database.Admin.OpenConnectionAsync(Ct);
        return [.. await connection.QueryAsync<string>(sql)];
    }

    private async Task<string> Run(params string[] verb)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OffGridFlow.Web.dll"), .. verb, "--data", api.StateFolder])
        {
            WorkingDirectory = Repository.Root, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment[DatabaseSettings.Variable] = api.Database.AdminConnection.ConnectionString;
        start.Environment[DatabaseSettings.ApplicationVariable] = api.Database.ApplicationConnection.ConnectionString;
        using var process = Process.Start(start)!;
        var (said, wrong) = (process.StandardOutput.ReadToEndAsync(Ct), process.StandardError.ReadToEndAsync(Ct));
        await process.WaitForExitAsync(Ct);
        Assert.True(process.ExitCode == 0, await said + await wrong);
        return await said;
    }

    // The server hears of it within moments.
    private static async Task Eventually(Func<Task<bool>> isSo)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await isSo())
        {
            await Task.Delay(20, end.Token);
        }
    }
}
