using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Http;

/// <summary>On an endpoint: its answer holds a secret, so that it is not kept for a repeat.</summary>
public sealed record AnswersWithSecret;

/// <summary>On a POST that changes nothing: its repeat may as well be answered anew.</summary>
public sealed record ChangesNothing;

/// <summary>
/// <c>Idempotency-Key</c> on a POST: the first request with a key is done, and its caller's repeat within a day gets the same answer and does
/// nothing. Only answers that say success are kept; after a problem the key may be used again.
/// </summary>
public sealed class Idempotency(RequestDelegate next, Database database, TimeProvider clock)
{
    public const string Header = "Idempotency-Key";
    public const string Replayed = "Idempotency-Replayed";

    private const int LongestKey = 200;

    internal static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    // A request that has been going on for longer than this died with its server.
    private static readonly TimeSpan LongestRequest = TimeSpan.FromHours(1);

    public async Task Invoke(HttpContext context)
    {
        var key = context.Request.Headers[Header].ToString();
        var endpoint = context.GetEndpoint();
        if (key.Length == 0 || !HttpMethods.IsPost(context.Request.Method) || context.Features.Get<Caller>() is not { } caller || endpoint?.Metadata.GetMetadata<ChangesNothing>() is not null)
        {
            await next(context);
            return;
        }

        if (key.Length > LongestKey || !key.All(letter => letter is > ' ' and <= '~'))
        {
            await Answer(context, new Problem("idempotency.key", Header, key.Length > 40 ? key[..40] : key, $"1 to {LongestKey} printable ASCII characters", "Use a UUID."));
            return;
        }

        if (await Begin(caller, key, context.RequestAborted))
        {
            await DoOnce(context, caller, key, keepsBody: endpoint?.Metadata.GetMetadata<AnswersWithSecret>() is null);
        }
        else
        {
            await Repeat(context, caller, key);
        }
    }

    private static Task Answer(HttpContext context, Problem problem) => new ProblemResponse(problem).ExecuteAsync(context);

    // True when the key is new, or what it stood for has died.
    private async Task<bool> Begin(Caller caller, string key, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var begun = await database.Write<bool>(
            caller,
            async session =>
            {
                await session.Execute("delete from platform.idempotency where created_at < @Old", new { Old = now - Kept });
                return await session.First<bool>(
                    """
                    insert into platform.idempotency (tenant_id, key, created_at) values (@Tenant, @key, @now)
                    on conflict (tenant_id, key) do update set created_at = @now
                    where idempotency.status is null and idempotency.created_at < @Dead
                    returning true
                    """,
                    new { Tenant = caller.Tenant.Value, key, now, Dead = now - LongestRequest });
            },
            ct);
        return begun.Value;
    }

    private async Task DoOnce(HttpContext context, Caller caller, string key, bool keepsBody)
    {
        var answered = context.Response.Body;
        await using var kept = new MemoryStream();
        using var hash = new RequestHash(context.Request, caller);
        context.Response.Body = kept;
        var done = false;
        try
        {
            await next(context);
            context.Response.Body = answered;
            if (context.Response.StatusCode is >= 200 and < 300)
            {
                await Keep(context, caller, key, await hash.Finish(context.RequestAborted), keepsBody ? kept.ToArray() : null);
                done = true;
            }
        }
        finally
        {
            context.Response.Body = answered;
            if (!done)
            {
                // Not cancelled with the request: the key must not stay taken.
                await database.Write<int>(caller, async session => await session.Execute("delete from platform.idempotency where key = @key", new { key }), CancellationToken.None);
            }
        }

        kept.Position = 0;
        await kept.CopyToAsync(answered, context.RequestAborted);
    }

    private async Task Keep(HttpContext context, Caller caller, string key, byte[] hash, byte[]? body) => await database.Write<int>(
        caller,
        async session => await session.Execute(
            """
            update platform.idempotency set request_hash = @hash, status = @Status, content_type = @ContentType, location = @Location, etag = @Tag, body = @body
            where key = @key
            """,
            new
            {
                key, hash, Status = (short)context.Response.StatusCode, context.Response.ContentType, body,
                Location = Text(context.Response.Headers.Location), Tag = Text(context.Response.Headers.ETag),
            }),
        CancellationToken.None);

    private static string? Text(Microsoft.Extensions.Primitives.StringValues header) => header.Count == 0 ? null : header.ToString();

    private async Task Repeat(HttpContext context, Caller caller, string key)
    {
        var stored = await database.Read(
            caller,
            session => session.First<Stored>("select request_hash, status, content_type, location, etag, body from platform.idempotency where key = @key", new { key }),
            context.RequestAborted);
        if (stored?.Status is not { } status)
        {
            context.Response.Headers.RetryAfter = "1";
            await Answer(context, new Problem("idempotency.in-progress", Header, key, "a key whose first request is done", "Wait, then send it again.") { Kind = ProblemKind.Conflict });
            return;
        }

        using var hash = new RequestHash(context.Request, caller);
        if (!(await hash.Finish(context.RequestAborted)).AsSpan().SequenceEqual(stored.RequestHash))
        {
            await Answer(context, new Problem("idempotency.key-reused", Header, key, "the same request as the first with this key", "Use a new key for another request.") { Kind = ProblemKind.Unprocessable });
            return;
        }

        if (stored.Body is null)
        {
            await Answer(context, new Problem("idempotency.done", Header, key, "a key not used before", "It was done, and its answer held a secret that is shown once only.") { Kind = ProblemKind.Conflict });
            return;
        }

        context.Response.StatusCode = status;
        context.Response.Headers[Replayed] = "true";
        context.Response.Headers.Location = stored.Location;
        context.Response.Headers.ETag = stored.Etag;
        context.Response.ContentType = stored.ContentType;
        if (stored.Body.Length > 0)
        {
            await context.Response.Body.WriteAsync(stored.Body, context.RequestAborted);
        }
    }

    private sealed class Stored
    {
        public byte[]? RequestHash { get; set; }

        public short? Status { get; set; }

        public string? ContentType { get; set; }

        public string? Location { get; set; }

        public string? Etag { get; set; }

        public byte[]? Body { get; set; }
    }

    // Hashes the body as the handler reads it: an upload of gigabytes is not held for its sake. An answer may be its caller's own: another's request is another one.
    private sealed class RequestHash : IDisposable
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly HttpRequest request;
        private readonly Stream body;

        public RequestHash(HttpRequest request, Caller caller)
        {
            this.request = request;
            hash.AppendData(Encoding.UTF8.GetBytes($"{caller.Actor}\n{request.Method} {request.Path}{request.QueryString}\n{Media(request)}\n"));
            body = request.Body;
            request.Body = new Tapped(body, hash);
        }

        public async Task<byte[]> Finish(CancellationToken ct)
        {
            await request.Body.CopyToAsync(Stream.Null, ct);
            return hash.GetHashAndReset();
        }

        public void Dispose()
        {
            request.Body = body;
            hash.Dispose();
        }

        private static string Media(HttpRequest request) =>
            MediaTypeHeaderValue.TryParse(request.ContentType, out var media) ? media.MediaType.ToString().ToLowerInvariant() : "";
    }

    private sealed class Tapped(Stream inner, IncrementalHash hash) : ForwardStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            hash.AppendData(buffer.Span[..read]);
            return read;
        }

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            hash.AppendData(buffer[..read]);
            return read;
        }
    }
}
