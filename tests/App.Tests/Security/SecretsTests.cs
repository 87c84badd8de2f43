using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Tokens;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Security;

/// <summary>Secrets of every kind are planted, and then looked for in everything that comes out: answers, logs, tables (audit rows, jobs and events among them), files.</summary>
public sealed class SecretsTests(SecretsTests.Posting api) : IClassFixture<SecretsTests.Posting>
{
    /// <summary>A server with a mail server that is away, and the password for it.</summary>
    public sealed class Posting(TestPostgres postgres) : ApiFixture(postgres)
    {
        public string MailPassword { get; } = $"planted-for-mail-{Guid.CreateVersion7():N}";

        internal override HostSettings Settings(HostSettings settings) => settings with { Mail = new MailPlace("carbon@example.org", null, new SmtpServer("127.0.0.1", S3Peer.FreePort(), MailTls.None, "mailer", MailPassword)) };
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task no_secret_comes_out_anywhere()
    {
        using var log = new Heard();
        api.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        var secrets = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var owner = await Plant(secrets);
        var said = await Say(secrets, owner);
        var found = new List<string>();
        var needles = secrets.SelectMany(secret => Forms(secret.Value).Select(form => (secret.Key, Form: form))).ToList();
        void Search(string where, string text) => found.AddRange(needles.Where(needle => text.Contains(needle.Form, StringComparison.OrdinalIgnoreCase)).Select(needle => $"{needle.Key} in {where}"));

        foreach (var (path, text) in said)
        {
            Search(path, text);
        }

        Search("the log", string.Join('\n', log.Lines));
        await SearchTables(Search);
        foreach (var file in Directory.EnumerateFiles(api.StateFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("/keys/master", StringComparison.Ordinal)))
        {
            Search(file, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Ct)));
        }

        Assert.True(found.Count == 0, string.Join('\n', found.Distinct(StringComparer.Ordinal)));
        Assert.Contains(log.Lines, line => line.Contains("unhandled", StringComparison.Ordinal));
        Assert.True(secrets.Count >= 20);
        Assert.Contains(log.Lines, line => line.Contains("send-letter", StringComparison.Ordinal));

        // What is looked for would be found: an address that was planted is.
        Assert.Contains(said, one => one.Path.Contains("/sources/", StringComparison.Ordinal) && one.Text.Contains("https://planted.invalid/bills.csv", StringComparison.Ordinal) && one.Text.Contains("<html", StringComparison.Ordinal));
        Assert.Contains(said, one => one.Path.EndsWith("/origins", StringComparison.Ordinal) && one.Text.Contains("planted-origin.example", StringComparison.Ordinal));
        Assert.Contains(said, one => one.Path.EndsWith("/governance/export", StringComparison.Ordinal) && one.Text.Contains("planted-origin.example", StringComparison.Ordinal));
        Assert.Contains(said, one => one.Path.EndsWith("/audit/export", StringComparison.Ordinal) && one.Text.Contains("planted-origin.example", StringComparison.Ordinal));
        Assert.Contains(said, one => one.Path.EndsWith("/auth/me/export", StringComparison.Ordinal) && one.Text.Contains("example.org", StringComparison.Ordinal));
    }

    // An account with everything a person has, a key, a webhook, an unfinished sign-in; the client of an owner.
    private async Task<HttpClient> Plant(Dictionary<string, byte[]> secrets)
    {
        void Is(string what, string? text) => secrets[what] = Encoding.UTF8.GetBytes(text!);
        var email = await People.Make(api, api.Database.Acme, "owner");
        Is("password", People.Password);
        var login = await (await api.Nobody.Post("/api/v1/auth/login", new { email, password = People.Password })).Json();
        Is("refresh token that was used", login.GetProperty("refresh_token").GetString());
        var refreshed = await (await api.Nobody.Post("/api/v1/auth/refresh", new { refresh_token = login.GetProperty("refresh_token").GetString() })).Json();
        var owner = api.Client(refreshed.GetProperty("access_token").GetString());
        Is("access token", refreshed.GetProperty("access_token").GetString());
        Is("refresh token", refreshed.GetProperty("refresh_token").GetString());

        var entered = await api.Nobody.Send(HttpMethod.Post, "/sign-in", new FormUrlEncodedContent([new("email", email), new("password", People.Password)]), ("Sec-Fetch-Site", "same-origin"));
        Is("session", entered.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=', 2)[1]);
        var key = await (await owner.Post("/api/v1/api-keys", new { name = "planted", role = "viewer" }, ("Idempotency-Key", $"k-{Guid.CreateVersion7()}"))).Json(201);
        Is("API key", key.GetProperty("key").GetString());
        Is("rotated API key", (await (await owner.Post($"/api/v1/api-keys/{key.GetProperty("api_key_id").GetString()}/rotate", new { })).Json(201)).GetProperty("key").GetString());
        var webhook = await (await owner.Post("/api/v1/webhooks", new { url = "https://planted.invalid/hook?token=planted-in-a-query" })).Json(201);
        secrets["webhook secret"] = Convert.FromBase64String(webhook.GetProperty("secret").GetString()!["whsec_".Length..]);
        Is("webhook secret as shown", webhook.GetProperty("secret").GetString());
        await (await owner.Post($"/api/v1/webhooks/{webhook.GetProperty("webhook").GetProperty("webhook_id").GetString()}/test")).Json(202);
        secrets["source secret"] = Encoding.ASCII.GetBytes($"planted-in-a-source-{Guid.CreateVersion7():N}");
        var source = new { name = "planted", url = "https://planted.invalid/bills.csv", header_name = "Authorization", header_value = Encoding.ASCII.GetString(secrets["source secret"]) };
        var connected = (await (await owner.Post("/api/v1/sources", source, ("Idempotency-Key", $"s-{Guid.CreateVersion7()}"))).Json(201)).GetProperty("source_id").GetString();
        Is("source secret that was replaced", source.header_value + "-before");
        await (await owner.Patch($"/api/v1/sources/{connected}", new { header_value = source.header_value + "-before" }, ("If-Match", "*"))).Json();
        await (await owner.Patch($"/api/v1/sources/{connected}", new { source.header_value }, ("If-Match", "*"))).Json();
        await owner.Post("/api/v1/sources", source with { name = "" }); // Refused, and said why.
        await (await owner.Post($"/api/v1/sources/{connected}/check")).Json();
        await (await owner.Post($"/api/v1/sources/{connected}/fetch")).Json(202);
        await Connectors.SourceFixture.Fetched(owner, connected!, 1);
        await (await owner.Post("/api/v1/security/origins", new { origin = "https://planted-origin.example" })).Json(201);

        async Task Provide(string secret, string? path) => await (path is null
            ? await owner.Post("/api/v1/providers", new { name = "planted", issuer = "https://planted.invalid/", client_id = "x", client_secret = secret }, ("Idempotency-Key", $"p-{Guid.CreateVersion7()}"))
            : await owner.Put(path, new { name = "planted", issuer = "https://planted.invalid/", client_id = "x", client_secret = secret }, ("If-Match", "*"))).Json(path is null ? 201 : 200);
        Is("provider secret that was replaced", $"planted-in-a-provider-before-{Guid.CreateVersion7():N}");
        Is("provider secret", $"planted-in-a-provider-{Guid.CreateVersion7():N}");
        await Provide(Encoding.ASCII.GetString(secrets["provider secret that was replaced"]), null);
        var provider = (await (await owner.Get("/api/v1/providers")).Json()).GetProperty("items")[0].GetProperty("provider_id").GetString();
        await Provide(Encoding.ASCII.GetString(secrets["provider secret"]), $"/api/v1/providers/{provider}");
        await api.Nobody.Get($"/sign-in/with/acme/{provider}?return=/"); // It is away.

        Is("password of the mail server", api.MailPassword);
        await (await owner.Post("/api/v1/invitations", new { email = "planted@example.org", role = "viewer" })).Json(201);
        if (api.Database.ApplicationConnection.Password is { Length: >= 12 } database)
        {
            Is("password of the database", database);
        }

        var totp = await (await owner.Post("/api/v1/auth/totp", new { password = People.Password })).Json();
        Is("TOTP secret as shown", totp.GetProperty("secret").GetString());
        secrets["TOTP secret"] = Unbase32(totp.GetProperty("secret").GetString()!);
        var confirmed = await owner.Post("/api/v1/auth/totp/confirm", new { code = Totp.Code(secrets["TOTP secret"], Totp.StepOf(TimeProvider.System.GetUtcNow())) });
        Is("recovery code", (await confirmed.Json()).GetProperty("recovery_codes")[0].GetString());
        var second = await (await api.Nobody.Post("/api/v1/auth/login", new { email, password = People.Password })).Json();
        Is("temporary token", second.GetProperty("temporary_token").GetString());
        secrets["signing key"] = (await api.Services.GetRequiredService<SigningKeys>().Current(Ct)).ExportPrivate()[^80..];
        secrets["data key"] = await DataKey();
        secrets["master key"] = Convert.FromBase64String((await File.ReadAllTextAsync(Path.Combine(api.StateFolder, "keys", "master"), Ct)).Trim().Split(':')[1]);
        return owner;
    }

    // What seals Acme's secrets, as it is once the master key has opened it.
    private async Task<byte[]> DataKey()
    {
        await using var connection = await api.Database.Admin.OpenConnectionAsync(Ct);
        var (master, wrapped) = await connection.QuerySingleAsync<(string, byte[])>("select master, wrapped from platform.data_keys where tenant_id = @Value and key_no = 1", new { api.Database.Acme.Tenant.Value });
        return await api.Services.GetRequiredService<IMasterKeys>().Unwrap(new WrappedKey(master, wrapped), Encoding.UTF8.GetBytes($"{api.Database.Acme.Tenant} data key 1"), Ct);
    }

    // Every list and thing there is, refusals of every secret where it does not belong, and a fault.
    private async Task<List<(string Path, string Text)>> Say(Dictionary<string, byte[]> secrets, HttpClient owner)
    {
        var said = new List<(string, string)>();
        async Task Keep(Task<HttpResponseMessage> asking)
        {
            var answer = await asking;
            said.Add(($"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.AbsolutePath}", string.Join('\n', answer.Headers.SelectMany(header => header.Value)) + await Text(answer)));
        }

        foreach (var operation in (await ApiOperation.All(api)).Where(operation => operation.Method == HttpMethod.Get))
        {
            if (!operation.Ids.Any())
            {
                await Keep(owner.Get(operation.Path));
                continue;
            }

            var list = operation.Path[..(operation.Path.IndexOf('{', StringComparison.Ordinal) - 1)];
            var items = await owner.Get(list);
            if (items.IsSuccessStatusCode && (await items.Json()) is { ValueKind: JsonValueKind.Object } page && page.TryGetProperty("items", out var all))
            {
                foreach (var id in all.EnumerateArray().Take(5).Select(item => item.EnumerateObject().First().Value.ToString()))
                {
                    await Keep(owner.Get(operation.WithIds(_ => id)));
                }
            }
        }

        // And every page that an owner can open.
        foreach (var page in api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(page => page.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true && page.RoutePattern.Parameters.Count == 0 && !page.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal)))
        {
            await Keep(owner.Send(HttpMethod.Get, "/" + page.RoutePattern.RawText!.TrimStart('/'), null, ("Accept", "text/html")));
        }

        foreach (var source in (await (await owner.Get("/api/v1/sources")).Json()).GetProperty("items").EnumerateArray())
        {
            await Keep(owner.Send(HttpMethod.Get, $"/sources/{source.GetProperty("source_id").GetString()}", null, ("Accept", "text/html")));
        }

        foreach (var secret in secrets.Values.Select(Encoding.UTF8.GetString).Where(text => text.All(char.IsAscii)))
        {
            using var other = api.Client(null);
            other.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {secret}x");
            await Keep(other.Get("/api/v1/entities"));
            await Keep(api.Nobody.Post("/api/v1/auth/refresh", new { refresh_token = secret + "x" }));
            await Keep(api.Nobody.Post("/api/v1/auth/login", new { email = "nobody@example.org", password = secret }));
            await Keep(api.Nobody.Post("/api/v1/auth/verify-2fa", new { temporary_token = secret + "x", code = secret }));
        }

        await using (var broken = await Broken.Begin(api))
        {
            await Keep(owner.Get("/api/v1/imports"));
        }

        return said;
    }

    // An export is searched part by part: packed, it would hide what it holds.
    private static async Task<string> Text(HttpResponseMessage answer)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/zip")
        {
            return await answer.Content.ReadAsStringAsync(Ct);
        }

        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(await answer.Content.ReadAsByteArrayAsync(Ct)));
        var text = new StringBuilder();
        foreach (var part in zip.Entries)
        {
            using var reader = new StreamReader(part.Open(), Encoding.Latin1);
            text.Append(part.FullName).Append('\n').Append(await reader.ReadToEndAsync(Ct));
        }

        return text.ToString();
    }

    private async Task SearchTables(Action<string, string> search)
    {
        await using var connection = await api.Database.Admin.OpenConnectionAsync(Ct);
        var tables = (await connection.QueryAsync<string>(
            "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'")).AsList();
        Assert.Contains("people.sessions", tables);
        foreach (var table in tables)
        {
            search(table, string.Join('\n', await connection.QueryAsync<string>($"select to_jsonb(t)::text from {table} t")));
        }

        // Not even what is kept of a secret is in the trail.
        var audited = string.Join('\n', await connection.QueryAsync<string>("select to_jsonb(a)::text from platform.audit a where table_name is not null"));
        Assert.DoesNotContain("\"hash\"", audited, StringComparison.Ordinal);
        Assert.DoesNotContain("\"stamp\"", audited, StringComparison.Ordinal);
        Assert.Contains("\"org.api_keys\"", audited, StringComparison.Ordinal);
    }

    // As text, in hexadecimal and in base64, which is how bytes are printed.
    private static IEnumerable<string> Forms(byte[] secret)
    {
        var text = Encoding.UTF8.GetString(secret);
        return [.. text.Any(char.IsControl) || text.Contains('\uFFFD', StringComparison.Ordinal) ? (string[])[] : [text], Convert.ToHexString(secret), Convert.ToBase64String(secret).TrimEnd('=')[..^1]];
    }

    private static byte[] Unbase32(string text)
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(text.Select(letter => Convert.ToString(letters.IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }

    // A table that is away for a moment: the next answer is a fault.
    private sealed class Broken(ApiFixture api) : IAsyncDisposable
    {
        public static async Task<Broken> Begin(ApiFixture api)
        {
            await Execute(api, "alter table activities.imports rename to imports_away");
            return new Broken(api);
        }

        public async ValueTask DisposeAsync() => await Execute(api, "alter table activities.imports_away rename to imports");

        private static async Task Execute(ApiFixture api, string sql)
        {
            await using var command = api.Database.Admin.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(Ct);
        }
    }

    private sealed class Heard : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
