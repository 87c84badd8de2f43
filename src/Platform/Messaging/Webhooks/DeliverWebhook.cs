using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Outbound;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;

namespace OffGridFlow.Platform.Messaging.Webhooks;

/// <summary>Sends one event to one webhook, signed, and logs the attempt. An answer of 2xx is an arrival; anything else is tried again.</summary>
internal sealed class DeliverWebhook(Database database, OutboundHttp outbound, Seals seals, TimeProvider time) : IJobHandler
{
    private const int AnswerLength = 500;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    // When the program stops: what is on its way had better arrive, so that it need not be sent again.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    // A webhook that has answered nothing for so long is switched off.
    private static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    private sealed record Arguments(Guid WebhookId, Guid EventId);

    private sealed record Attempt(DateTimeOffset At, int DurationMs, int? StatusCode, string? Error, string? Answer)
    {
        internal bool Arrived => StatusCode is >= 200 and < 300;
    }

    public string Name => "deliver-webhook";

    // About four days in all.
    public RetryPolicy Retries { get; } = new(22, TimeSpan.FromSeconds(10), TimeSpan.FromHours(12));

    internal static NewJob Job(Guid webhookId, Guid eventId) =>
        new(JobType.Notification, "deliver-webhook", new Arguments(webhookId, eventId)) { Key = $"deliver-webhook {webhookId} {eventId}" };

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var asked = job.Arguments.Deserialize<Arguments>(Json.Options)!;
        var (webhook, secret, happened) = await database.Read(
            job.Caller,
            async session => (
                await Webhook.Find(session, asked.WebhookId),
                await session.First<byte[]>("select secret from platform.webhook_secrets where webhook_id = @WebhookId", asked) is { } secret
                    ? await seals.Open(session, WebhookSignature.Purpose(asked.WebhookId), secret)
                    : null,
                await Outbox.Find(session, asked.EventId)),
            ct);
        if (webhook is not { Status: "active" } || secret is null || happened is null)
        {
            throw new PermanentJobException(new Problem(
                "webhook.inactive", "webhook", webhook?.DisabledReason ?? "deleted or disabled", "an active webhook", "Set its status to active, then requeue the delivery."));
        }

        RefusedAddressException? refused = null;
        Attempt attempt;
        try
        {
            attempt = await Send(webhook, secret, happened, ct);
        }
        catch (RefusedAddressException address)
        {
            refused = address;
            attempt = new Attempt(time.GetUtcNow(), 0, null, address.Message, null);
        }

        // The attempt was made: that is written even when the program stops.
        await Log(job, webhook, happened, attempt, CancellationToken.None);
        if (refused is not null)
        {
            throw new PermanentJobException(refused.Problem);
        }

        if (!attempt.Arrived)
        {
            throw new HttpRequestException($"{new Uri(webhook.Url).Host}: {attempt.Error}"); // The address itself may hold a secret: logs must not.
        }
    }

    private async Task<Attempt> Send(Webhook webhook, byte[] secret, OutboxEvent happened, CancellationToken ct)
    {
        var at = time.GetUtcNow();
        var body = JsonSerializer.Serialize(new { happened.Type, Timestamp = happened.At, Data = happened.Body }, Json.Options);
        var id = happened.EventId.ToString();
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Sign(secret, id, at.ToUnixTimeSeconds(), body));
        request.Headers.TryAddWithoutValidation("user-agent", "OffGridFlow-Webhooks");
        using var end = new CancellationTokenSource(Longest, time);
        await using var stopping = ct.Register(() => end.CancelAfter(Grace));
        var started = Stopwatch.GetTimestamp();
        int Elapsed() => (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        try
        {
            using var answer = await outbound.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            var status = (int)answer.StatusCode;
            return new Attempt(at, Elapsed(), status, status is >= 200 and < 300 ? null : $"answered {status}", await Beginning(answer, end.Token));
        }
        catch (HttpRequestException failed)
        {
            return failed.InnerException is RefusedAddressException refused ? throw refused : new Attempt(at, Elapsed(), null, failed.Message, null);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new Attempt(at, Elapsed(), null, "no answer in time", null);
        }
    }

    private static async Task<string> Beginning(HttpResponseMessage answer, CancellationToken ct)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(ct);
        var bytes = new byte[AnswerLength];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        return Encoding.UTF8.GetString(bytes, 0, read).Replace('\0', '\ufffd'); // PostgreSQL's text holds no zero.
    }

    // In a transaction of its own: the log tells of failures, which are then thrown.
    private async Task Log(JobRun job, Webhook webhook, OutboxEvent happened, Attempt attempt, CancellationToken ct)
    {
        await using var session = await database.Open(job.Caller, System.Data.IsolationLevel.ReadCommitted, ct);
        await session.Execute(
            """
            insert into platform.deliveries (tenant_id, webhook_id, delivery_id, event_id, job_id, at, duration_ms, status_code, error, answer)
            values (@Tenant, @WebhookId, @Id, @EventId, @JobId, @At, @DurationMs, @StatusCode, @Error, @Answer)
            """,
            new
            {
                Tenant = session.Tenant.Value,
                webhook.WebhookId,
                Id = Guid.CreateVersion7(),
                happened.EventId,
                job.JobId,
                attempt.At,
                attempt.DurationMs,
                attempt.StatusCode,
                attempt.Error,
                attempt.Answer,
            });
        if (attempt.Arrived)
        {
            await session.Execute("update platform.webhooks set failing_since = null where webhook_id = @WebhookId and failing_since is not null", new { webhook.WebhookId });
        }
        else
        {
            await CountFailure(session, webhook, attempt);
        }

        await session.Commit();
    }

    private async Task CountFailure(Session session, Webhook webhook, Attempt attempt)
    {
        var gone = attempt.StatusCode == (int)HttpStatusCode.Gone;
        var reason = gone ? "It answered 410: gone." : "Nothing has arrived for three days.";
        var disabled = await session.Execute(
            """
            update platform.webhooks set status = 'disabled', disabled_reason = @reason, updated_at = clock_timestamp(), version = version + 1
            where webhook_id = @WebhookId and status = 'active' and (@gone or failing_since < @Since)
            """,
            new { webhook.WebhookId, reason, gone, Since = attempt.At - Patience });
        if (disabled == 1)
        {
            await Outbox.Tell(session, "webhook.disabled", new { webhook.WebhookId, webhook.Url, Reason = reason }, time);
        }
        else
        {
            await session.Execute("update platform.webhooks set failing_since = @At where webhook_id = @WebhookId and failing_since is null", new { webhook.WebhookId, attempt.At });
        }
    }
}
