using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Messaging.Webhooks;
using OffGridFlow.Platform.Outbound;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Messaging;

public sealed class WebhookTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly OutboundOptions Private = Offline.Private;

    [Fact]
    public async Task an_event_arrives_signed_and_only_at_the_webhooks_of_its_tenant_that_hear_it()
    {
        await using var hears = await Receiver.Start();
        await using var hearsOthers = await Receiver.Start();
        await using var globex = await Receiver.Start();
        var made = await Add(test.Acme, hears.Url, "import.read");
        await Add(test.Acme, hearsOthers.Url, "period.closed");
        await Add(test.Globex, globex.Url);
        await using var working = await Working.Start(test.Database, Working.Quick);

        var told = await Tell(test.Acme, "import.read", new { ImportId = "i-1", Rows = 3 });
        await Queue.Until(() => Task.FromResult(hears.Received.Count), count => count > 0, _ => "nothing arrived");
        await working.Stop();

        var delivery = Assert.Single(hears.Received);
        Assert.Equal(told.ToString(), delivery.Id);
        var key = Convert.FromBase64String(made.Secret["whsec_".Length..]);
        var expected = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{delivery.Id}.{delivery.Timestamp}.{delivery.Body}"));
        Assert.Equal("v1," + Convert.ToBase64String(expected), delivery.Signature);
        var body = JsonElement.Parse(delivery.Body);
        Assert.Equal("import.read", body.GetProperty("type").GetString());
        Assert.Equal("i-1", body.GetProperty("data").GetProperty("import_id").GetString());
        Assert.Empty(hearsOthers.Received);
        Assert.Empty(globex.Received);
    }

    // The value is what Node's crypto makes of the same secret, id, timestamp and body.
    [Fact]
    public void the_signature_is_the_one_another_program_makes() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Sign(Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"));

    [Fact]
    public async Task what_does_not_arrive_is_sent_again_under_the_same_id_and_every_attempt_is_logged()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = attempt => attempt < 3 ? 503 : 200;
        var made = await Add(test.Acme, receiver.Url, "import.failed");
        await using var working = await Working.Start(test.Database, Working.Quick);

        var told = await Tell(test.Acme, "import.failed", new { });
        await Queue.Until(
            async () =>
            {
                await Hurry();
                return receiver.Received.Count;
            },
            count => count == 3,
            count => $"{count} of 3 arrived");
        await working.Stop();

        var log = (await ReadWebhooks.Deliveries(made.Webhook.WebhookId, null, null, test.Acme, test.Database, Ct)).Value.Items;
        Assert.Equal([200, 503, 503], log.Select(attempt => attempt.StatusCode));
        Assert.Equal([null, "answered 503", "answered 503"], log.Select(attempt => attempt.Error));
        Assert.All(log, attempt => Assert.Equal((told, "import.failed"), (attempt.EventId, attempt.EventType)));
        Assert.All(receiver.Received, delivery => Assert.Equal(told.ToString(), delivery.Id));
        Assert.Null((await ReadWebhooks.Show(made.Webhook.WebhookId, test.Acme, test.Database, Ct)).Value.FailingSince);
        Assert.Equal("webhook.not-found", (await ReadWebhooks.Deliveries(made.Webhook.WebhookId, null, null, test.Globex, test.Database, Ct)).Problem!.Code);
    }

    [Theory]
    [InlineData(503, "4 days", "Nothing has arrived for three days.")]
    [InlineData(410, null, "It answered 410: gone.")]
    public async Task a_webhook_that_fails_for_long_or_is_gone_is_switched_off_and_that_is_told(int answer, string? failingFor, string reason)
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = _ => answer;
        var id = (await Add(test.Acme, receiver.Url, "entity.added")).Webhook.WebhookId;
        if (failingFor is not null)
        {
            await test.Admin<int>("with aged as (update platform.webhooks set failing_since = now() - @failingFor::interval where webhook_id = @id returning 1) select count(*)::int from aged", new { id, failingFor });
        }

        await using var working = await Working.Start(test.Database, Working.Quick);
        await Tell(test.Acme, "entity.added", new { });
        var off = await Queue.Until(
            async () => (await ReadWebhooks.Show(id, test.Acme, test.Database, Ct)).Value, webhook => webhook.Status == "disabled", _ => "still active");

        Assert.Equal(reason, off.DisabledReason);
        Assert.Equal(1, await test.Admin<int>("select count(*)::int from platform.outbox where type = 'webhook.disabled' and body ->> 'webhook_id' = @id", new { id = id.ToString() }));
    }

    [Fact]
    public async Task a_name_that_leads_into_the_operator_s_network_is_refused_for_good()
    {
        await using var receiver = await Receiver.Start();
        var id = (await Add(test.Acme, receiver.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "facility.added")).Webhook.WebhookId;
        await using var working = await Working.Start(test.Database, Working.Quick, Offline.Public);

        await Tell(test.Acme, "facility.added", new { });
        var log = await Queue.Until(
            async () => (await ReadWebhooks.Deliveries(id, null, null, test.Acme, test.Database, Ct)).Value.Items, items => items.Count == 1, _ => "no attempt");
        var dead = await test.JobIs(test.Acme, log[0].JobId, "dead");

        Assert.Equal("address.refused", dead.Problem!.Value.GetProperty("code").GetString());
        Assert.Equal(1, dead.Attempt);
        Assert.Empty(receiver.Received);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("2606:4700::1111", true)]
    public void only_public_addresses_are_connected_to(string address, bool isPublic) => Assert.Equal(isPublic, PublicAddresses.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("ftp://example.com/", true, "webhook.url")]
    [InlineData("example.com", true, "webhook.url")]
    [InlineData("https://user:secret@example.com/", true, "webhook.url")]
    [InlineData("http://example.com/", false, "webhook.url")]
    [InlineData("https://hooks.invalid/", false, null)]
    public async Task an_address_is_https_unless_the_operator_allows_otherwise(string url, bool allow, string? code)
    {
        var made = await WriteWebhook.Create(new(url, ["no.thing"], null, null), test.Acme, test.Database, new OutboundHttp(new OutboundOptions(allow)), TestSeals.New(), Ct);

        Assert.Equal(code, made.Problem?.Code);
    }

    [Fact]
    public async Task neither_audit_nor_jobs_hold_a_secret()
    {
        var made = await Add(test.Acme, "https://hooks.invalid/", "no.thing");
        var secret = Convert.ToHexStringLower(Convert.FromBase64String(made.Secret["whsec_".Length..]));

        Assert.Equal(1, await test.Admin<int>("select count(*)::int from platform.webhook_secrets where webhook_id = @WebhookId and octet_length(secret) > 32 and position(@secret in encode(secret, 'hex')) = 0", new { made.Webhook.WebhookId, secret }));
        Assert.Equal(0, await test.Admin<int>("select count(*)::int from platform.audit where new_values::text like '%' || @secret || '%'", new { secret }));
        Assert.True(await test.Admin<int>("select count(*)::int from platform.audit where table_name = 'platform.webhooks'") > 0);
    }

    private async Task<WriteWebhook.Created> Add(Caller caller, string url, params string[] types) =>
        (await WriteWebhook.Create(new(url, types, null, null), caller, test.Database, new OutboundHttp(Private), TestSeals.New(), Ct)).Value;

    private async Task<Guid> Tell(Caller caller, string type, object body) =>
        (await test.Database.Write<Guid>(caller, async session => await Outbox.Tell(session, type, body), Ct)).Value;

    private Task<int> Hurry() => test.Admin<int>(
        "with hurried as (update platform.jobs set not_before = created_at where name = 'deliver-webhook' and status = 'queued' returning 1) select count(*)::int from hurried");
}
