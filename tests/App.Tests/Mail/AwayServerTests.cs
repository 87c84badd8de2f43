using Dapper;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Mail;

/// <summary>A mail server that is away loses no letter.</summary>
public sealed class AwayServerTests(AwayServerTests.WithServer api) : IClassFixture<AwayServerTests.WithServer>
{
    public sealed class WithServer(TestPostgres postgres) : ApiFixture(postgres)
    {
        public int Port { get; } = S3Peer.FreePort();

        internal override HostSettings Settings(HostSettings settings) => settings with { Mail = new MailPlace("carbon@example.org", null, new SmtpServer("127.0.0.1", Port, MailTls.None, "ogf", "p@ss:word")) };
    }

    [Fact]
    public async Task A_letter_waits_for_its_server_and_is_sent_once()
    {
        await (await api.Acme.Post("/api/v1/invitations", new { email = "ben@example.org", role = "viewer" })).Json(201);
        await Until(async () => await Count("failures > 0") == 1);

        await using var peer = await SmtpPeer.Start("plain", api.Port);
        await Until(async () => await Count("status = 'succeeded'") == 1);

        var taken = Assert.Single(peer.Taken());
        Assert.Equal("ben@example.org", taken.GetProperty("to")[0].GetString());
        Assert.Contains("/invitation?token=ogf_invt_", taken.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    private async Task<int> Count(string what)
    {
        await using var admin = await api.Database.Admin.OpenConnectionAsync(TestContext.Current.CancellationToken);
        return await admin.ExecuteScalarAsync<int>($"select count(*)::int from platform.jobs where name = 'send-letter' and {what}");
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        enough.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            await Task.Delay(50, enough.Token);
        }
    }
}
