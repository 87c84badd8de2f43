using System.Diagnostics;
using System.Text.Json.Nodes;

namespace OffGridFlow.App.Tests.Support;

/// <summary>Other people's SCIM (npm's scimmy, scim-patch and scim2-parse-filter), to be asked what it makes of ours.</summary>
public sealed class ScimPeer : IAsyncLifetime
{
    private Process judge = null!;

    public async ValueTask InitializeAsync() => judge = Process.Start(new ProcessStartInfo("node", [Path.Combine(NpmPackages.Source("Scim"), "judge.cjs")])
    {
        WorkingDirectory = await NpmPackages.Install("Scim", TestContext.Current.CancellationToken), UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
    })!;

    /// <summary>What it says; a fault of its own fails the test.</summary>
    public async Task<JsonNode> Ask(JsonObject question)
    {
        var answer = await Try(question);
        Assert.True(answer["fault"] is null, $"{answer} of {question.ToJsonString()}");
        return answer["value"]!;
    }

    /// <summary>With <c>value</c>, or with <c>fault</c>.</summary>
    public async Task<JsonObject> Try(JsonObject question)
    {
        await judge.StandardInput.WriteLineAsync(question.ToJsonString());
        await judge.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        return (JsonObject)JsonNode.Parse(await judge.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("The peer ended."))!;
    }

    public async ValueTask DisposeAsync()
    {
        judge.StandardInput.Close();
        await judge.WaitForExitAsync(CancellationToken.None);
        judge.Dispose();
    }
}
