using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Security;

/// <summary>A request nobody makes by mistake, as bytes on the wire.</summary>
/// <param name="Told">For whoever reads that it failed.</param>
internal sealed record HostileRequest(string Told, byte[] Bytes);

/// <summary>What a hostile caller has of its own.</summary>
/// <param name="Used">A refresh token that was used.</param>
/// <param name="Cookie">Of another session of the same person.</param>
internal sealed record HostileCaller(string Token, string Key, string Refresh, string Used, string Cookie);

/// <summary>Makes hostile requests: injection, traversal, smuggling, oversized, deep, unicode, tokens. The same seed makes the same requests.</summary>
/// <param name="operations">Of the API: each is asked for in turn.</param>
/// <param name="forms">Paths of pages that take forms.</param>
/// <param name="who">Whose token, key, session and refresh token it has.</param>
/// <param name="seed">Of the choices.</param>
internal sealed class Hostile(IReadOnlyList<ApiOperation> operations, IReadOnlyList<string> forms, HostileCaller who, int seed)
{
    /// <summary>What no answer may give back as it came in a page, nor as a header.</summary>
    public const string Marker = "<zq9'\">";

    private static readonly string[] Injections =
    [
        "' or '1'='1", "1; drop table org.tenants;--", "1 union select hash from org.api_keys--", "\\'; select pg_sleep(5);--", "$$;select 1;$$", "%' escape '", "{\"$ne\":null}", "${jndi:ldap://x/a}", "{{7*7}}", "#{7*7}", "`id`", "$(id)", "|id",
        ";id", "<script>alert(1)</script>", Marker, "javascript:alert(1)", "<!--#exec cmd=\"id\"-->", "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>", "*)(uid=*))(|(uid=*", "=cmd|' /C calc'!A0",
        "%0d%0aX-Injected:%201", "\r\nX-Injected: 1", "%E5%98%8A%E5%98%8DX-Injected: 1",
    ];

    private static readonly string[] Traversals =
    [
        "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "..%252f..%252fetc/passwd", "..%c0%af..%c0%afetc/passwd", "....//....//etc/passwd", "..\\..\\windows\\win.ini", "%5c..%5c..", "/etc/passwd%00.css", "lib/../../appsettings.json",
        "lib/%2e%2e/%2e%2e/OffGridFlow.Web.dll", ".git/config", ".env", "keys/master", "lib/..;/..;/keys", "//evil.example/", "/\\evil.example", "docs/..%2f..%2fopenapi",
    ];

    private static readonly string[] Unicode =
    [
        "\u0000", "\u202Eadmin", "adm\u0131n", "\uFF07 or 1=1", "\uFEFF", "\u200B", new string('\u0301', 200), "\uD83D\uDE00", "\u2028\u2029", "\uFFFE\uFFFF", "ⅷ", "ﬀ", "ＳＥＬＥＣＴ", "İ", "\u1E9E", "a\u0000b", "%ed%a0%80", "%ff", "%f8%88%80%80%80", "%c0%80",
    ];

    private static readonly string[] Smuggled =
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 4", "Transfer-Encoding: xchunked", "Transfer-Encoding : chunked", "Transfer-Encoding:\tchunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: identity, chunked", "Transfer-Encoding: chunked, identity", "X: y\r\n Transfer-Encoding: chunked", "Content-Length: 5\r\nContent-Length: 6", "Content-Length: +5", "Content-Length: 0x5", "Content-Length: -1", "Content-Length: 99999999999999999999",
        "Content-Length: 5, 5", "X: a\nTransfer-Encoding: chunked", "X: a\rTransfer-Encoding: chunked", "\0X: y", "X\0: y", "X: \0", ": nameless", "X Y: z", "Host: other.example", "Connection: close, Authorization", "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13", "Expect: 100-continue\r\nContent-Length: 3", "Expect: nonsense",
    ];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("X-Forwarded-For", ["127.0.0.1", "' or 1=1", Marker]), ("X-Forwarded-Host", ["evil.example"]), ("X-Original-URL", ["/api/v1/tenant"]), ("X-Rewrite-URL", ["/api/v1/tenant"]), ("X-HTTP-Method-Override", ["DELETE"]), ("X-Request-Id", [Marker, "a b", new string('i', 200)]),
        ("Origin", ["null", "https://evil.example", Marker]), ("Referer", [Marker]), ("User-Agent", [Marker, "() { :;}; /bin/id", new string('u', 5000)]), ("Accept", [Marker, "text/html", "*/*;q=nonsense"]), ("Accept-Language", [Marker]), ("Accept-Encoding", ["gzip;q=1e999"]),
        ("If-Match", ["*", "\"'\"", Marker]), ("If-None-Match", [Marker]), ("Range", ["bytes=0-0,1-1,2-2", "bytes=-1", "bytes=18446744073709551615-"]), ("Idempotency-Key", [Marker, new string('k', 500), "%00"]), ("Content-Type", ["application/json;charset=utf-7", "multipart/form-data; boundary=" , "text/xml", Marker]),
        ("Content-Encoding", ["gzip", "deflate", Marker]), ("Cookie", ["ogf=" + Marker, "__Host-ogf=x; ogf=y", new string('c', 4000), "ogf=ogf_sess_AAAA"]), ("Upload-Offset", ["-1", "99999999999999999999", Marker]), ("Sec-Fetch-Site", ["same-origin"]),
    ];

    private readonly Random random = new(seed);
    private readonly string token = who.Token;
    private readonly string key = who.Key;
    private int turn;
    private int formTurn;

    public HostileRequest Next(int no)
    {
        var isKnown = no % 2 == 0;
        var caller = isKnown ? random.Next(2) == 0 ? token : key : null;
        var (told, bytes) = (no / 2 % 10) switch
        {
            0 => Injection(caller),
            1 => Traversal(caller),
            2 => Smuggling(caller),
            3 => Oversized(caller),
            4 => Deep(caller),
            5 => OfUnicode(caller),
            6 => OfTokens(),
            7 => OfForms(isKnown),
            8 => OfRefreshTokens(),
            _ => OfHeaders(caller),
        };
        return new HostileRequest($"{no} {(isKnown ? "signed in" : "stranger")} {told}", bytes);
    }

    private (string, byte[]) Injection(string? caller)
    {
        var (operation, text) = (operations[turn++ % operations.Count], Pick(Injections));
        var path = operation.WithIds(_ => random.Next(2) == 0 ? text : Guid.Empty.ToString());
        if (operation.Method == HttpMethod.Get)
        {
            var names = operation.Parameters("query").Select(parameter => parameter.GetProperty("name").GetString()!).ToList();
            path += $"?{(names.Count > 0 ? Pick(names) : "x")}={(random.Next(2) == 0 ? Uri.EscapeDataString(text) : text.Replace(' ', '+').Replace("\r\n", "%0d%0a", StringComparison.Ordinal))}";
            return ($"injection GET {path}", Request("GET", path, caller));
        }

        return ($"injection {operation} {text}", Request(operation.Method.Method, path, caller, Body(operation, text)));
    }

    private (string, byte[]) Traversal(string? caller)
    {
        var path = "/" + Pick((string[])["", "lib/", "docs/", "api/v1/", "api/v1/jobs/", "openapi/", ".well-known/"]) + Pick(Traversals);
        return ($"traversal {path}", Request(Pick((string[])["GET", "HEAD", "POST"]), path, caller));
    }

    // Behind it a second request that must not be answered as anybody's but the stranger's it is.
    private (string, byte[]) Smuggling(string? caller)
    {
        var how = Pick(Smuggled);
        var text = new StringBuilder($"POST /api/v1/estimates HTTP/1.1\r\nHost: x\r\n{Authorization(caller)}Content-Type: application/json\r\n{how}\r\n\r\n");
        text.Append(Pick((string[])["0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "ffffffffffffffff\r\nx", "5;x=\"\r\nhello\r\n", "-1\r\n", "5\nhello\n0\n\n", "{}\r\n", ""]));
        text.Append("GET /api/v1/tenant HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        return ($"smuggling {how.Replace("\r\n", "|", StringComparison.Ordinal)}", Encoding.Latin1.GetBytes(text.ToString()));
    }

    private (string, byte[]) Oversized(string? caller)
    {
        var operation = Pick(operations);
        return random.Next(6) switch
        {
            0 => ("a long path", Request("GET", "/api/v1/" + new string('p', 7_000 + random.Next(4_000)), caller)),
            1 => ("a large header", Request("GET", operation.WithIds(_ => "x"), caller, headers: ["X: " + new string('h', 10_000 + random.Next(20_000))])),
            2 => ("many headers", Request("GET", operation.WithIds(_ => "x"), caller, headers: [.. Enumerable.Range(0, 30 + random.Next(60)).Select(i => $"X-{i}: y")])),
            3 => ("many parameters", Request("GET", "/api/v1/entities?" + string.Join('&', Enumerable.Range(0, 800).Select(i => $"a{i}=1")), caller)),
            4 => ("a long method", Request(new string('M', 50 + random.Next(9_000)), "/api/v1/entities", caller)),
            _ => ($"a long text {operation}", Request(operation.Method == HttpMethod.Get ? "POST" : operation.Method.Method, operation.WithIds(_ => Guid.Empty.ToString()), caller, Body(operation, new string('x', 100_000)))),
        };
    }

    private (string, byte[]) Deep(string? caller)
    {
        var operation = Pick([.. operations.Where(one => one.TakesJson)]);
        var depth = 20 + random.Next(20_000);
        var body = random.Next(4) switch
        {
            0 => new string('[', depth) + new string(']', depth),
            1 => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth),
            2 => $"{{\"name\":{new string('[', depth)}{new string(']', depth)}}}",
            _ => "{" + string.Join(',', Enumerable.Range(0, depth).Select(i => $"\"k{i}\":{i}")) + "}",
        };
        return ($"deep {operation} {depth}", Request(operation.Method.Method, operation.WithIds(_ => Guid.Empty.ToString()), caller, body));
    }

    private (string, byte[]) OfUnicode(string? caller)
    {
        var (operation, text) = (Pick(operations), Pick(Unicode));
        return operation.TakesJson && random.Next(3) > 0
            ? ($"unicode {operation} {Uri.EscapeDataString(text)}", Request(operation.Method.Method, operation.WithIds(_ => Guid.Empty.ToString()), caller, Body(operation, text)))
            : ($"unicode path {Uri.EscapeDataString(text)}", Request("GET", operation.WithIds(_ => "x").Replace("/x", "/" + (random.Next(2) == 0 ? Uri.EscapeDataString(text) : text), StringComparison.Ordinal), caller));
    }

    private (string, byte[]) OfTokens()
    {
        var parts = token.Split('.');
        var at = random.Next(token.Length);
        var (told, changed) = random.Next(12) switch
        {
            0 => ("a changed character", token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..] + "AA"),
            1 => ("no signature", $"{parts[0]}.{parts[1]}."),
            2 => ("none", $"{Base64("{\"alg\":\"none\",\"typ\":\"at+jwt\"}")}.{parts[1]}."),
            3 => ("HS256", $"{Base64("{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"x\"}")}.{parts[1]}.{parts[2]}"),
            4 => ("parts in another order", $"{parts[1]}.{parts[0]}.{parts[2]}"),
            5 => ("a long header", $"eyJ{new string('A', 7_000)}.{parts[1]}.{parts[2]}"),
            6 => ("five parts", $"{parts[0]}.{parts[0]}.{parts[1]}.{parts[1]}.{parts[2]}"),
            7 => ("nested", $"{Base64("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"cty\":\"JWT\",\"kid\":{\"a\":[1]}}")}.{parts[1]}.{parts[2]}"),
            8 => ("a key cut short", key[..random.Next(key.Length)]),
            9 => ("a key changed", key[..^1] + (key[^1] == 'A' ? 'B' : 'A') + "A"),
            10 => ("a marker", "eyJ" + Marker + ".x.y"),
            _ => ("twice", $"{token}, Bearer {token}"),
        };
        var refresh = random.Next(4) == 0;
        return ($"token: {told}{(refresh ? " (refresh)" : "")}", refresh
            ? Request("POST", "/api/v1/auth/refresh", null, JsonSerializer.Serialize(new { refresh_token = changed }))
            : Request("GET", Pick((string[])["/api/v1/tenant", "/api/v1/auth/me", "/api/v1/api-keys", "/"]), changed));
    }

    // As our own pages send them.
    private (string, byte[]) OfForms(bool isKnown)
    {
        var path = forms[formTurn++ % forms.Count];
        var (text, mine) = (Pick((string[])[.. Injections, .. Unicode, .. Traversals, new string('f', 50_000)]), isKnown ? [$"Cookie: {who.Cookie}"] : (string[])[]);
        var body = string.Join('&', ((string[])["email", "password", "name", "return", "token", "code", "reason", "role", "facility", "place", "is", "tenant", "credential", text]).Where(_ => random.Next(3) > 0)
            .Select(field => $"{Uri.EscapeDataString(field)}={Uri.EscapeDataString(text)}"));
        return ($"form {path} {text[..Math.Min(40, text.Length)]}", Request("POST", path, null, body, ["Sec-Fetch-Site: same-origin", "Accept: text/html", .. mine], "application/x-www-form-urlencoded"));
    }

    private (string, byte[]) OfRefreshTokens()
    {
        var at = random.Next(who.Refresh.Length);
        var (told, text) = random.Next(8) switch
        {
            0 => ("used before", who.Used),
            1 => ("a changed character", who.Refresh[..at] + (who.Refresh[at] == 'A' ? 'B' : 'A') + who.Refresh[(at + 1)..]),
            2 => ("cut short", who.Refresh[..at]),
            3 => ("longer", who.Refresh + "AAAA"),
            4 => ("another prefix", who.Refresh.Replace("ogf_refr_", Pick((string[])["ogf_sess_", "ogf_once_", "ogf_live_"]), StringComparison.Ordinal)),
            5 => ("another alphabet", who.Refresh.Replace('-', '+').Replace('_', '/')),
            6 => ("with a zero", who.Refresh[..at] + "\0" + who.Refresh[at..]),
            _ => ("a marker", "ogf_refr_" + Marker),
        };
        var path = Pick((string[])["/api/v1/auth/refresh", "/api/v1/auth/refresh", "/api/v1/auth/verify-2fa", "/api/v1/auth/password/reset", "/api/v1/auth/email/confirm", "/api/v1/auth/invitations/accept"]);
        return path.EndsWith("/refresh", StringComparison.Ordinal)
            ? ($"refresh token: {told}", Request("POST", path, null, JsonSerializer.Serialize(new { refresh_token = text })))
            : ($"token {path}: {told}", Request("POST", path, null, JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { [path.EndsWith("2fa", StringComparison.Ordinal) ? "temporary_token" : "token"] = text })));
    }

    private (string, byte[]) OfHeaders(string? caller)
    {
        var (name, values) = Pick(Headers);
        var (value, operation) = (Pick(values), Pick(operations));
        var path = random.Next(3) == 0 ? Pick((string[])["/", "/sign-in", "/sign-in?return=//evil.example", "/reports", "/imports", "/trust", "/account", "/members", "/audit?text=" + Uri.EscapeDataString(Marker), "/audit", "/entries?kind=" + Uri.EscapeDataString(Marker), "/forgot-password", "/invitation?token=" + Uri.EscapeDataString(Marker), "/nowhere/" + Uri.EscapeDataString(Marker), "/docs/problems", "/choose-password?token=" + Uri.EscapeDataString(Marker)]) : operation.WithIds(_ => "x");
        return ($"header {name}: {value[..Math.Min(40, value.Length)]} {path}", Request("GET", path, caller, headers: [$"{name}: {value}", "Accept: text/html"]));
    }

    private string Body(ApiOperation operation, string text)
    {
        if (!operation.TakesJson || random.Next(4) == 0)
        {
            return JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal) { [text] = text });
        }

        // One value of the documented body becomes the text.
        var body = System.Text.Json.Nodes.JsonNode.Parse(operation.ExampleBody.GetRawText());
        if (body is System.Text.Json.Nodes.JsonObject { Count: > 0 } whole)
        {
            whole[Pick([.. whole.Select(field => field.Key)])] = text;
        }

        return body?.ToJsonString() ?? "null";
    }

    private static byte[] Request(string method, string path, string? bearer, string? body = null, IReadOnlyList<string>? headers = null, string type = "application/json")
    {
        var content = body is null ? [] : Encoding.UTF8.GetBytes(body);
        var head = new StringBuilder($"{method} {path.Replace(' ', '+').Replace("\r\n", "%0d%0a", StringComparison.Ordinal)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{Authorization(bearer)}");
        foreach (var header in headers ?? [])
        {
            head.Append(header).Append("\r\n");
        }

        if (body is not null)
        {
            head.Append("Content-Type: ").Append(type).Append("\r\nContent-Length: ").Append(content.Length).Append("\r\n");
        }

        return [.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. content];
    }

    private static string Authorization(string? bearer) => bearer is null ? "" : $"Authorization: Bearer {bearer}\r\n";

    private static string Base64(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private T Pick<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];
}
