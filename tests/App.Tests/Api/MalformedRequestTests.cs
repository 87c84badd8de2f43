using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Api;

/// <summary>500 requests no client should make, over every operation of the document: each is refused with a problem, or does no harm; none is a 5xx.</summary>
public sealed class MalformedRequestTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const int Requests = 500;
    private const int Seed = 20251121;

    private static readonly string[] BadTexts =
    [
        "", "%00", "NaN", "-1", "99999999999999999999999999", "2025-13-45", "0000-00-00", "9999-12-31T23:59:59.9999999Z", "'%20or%201=1--", "%ED%A0%80", "%FF%FE", "..%2f..%2fetc", "null", "true",
        "00000000-0000-0000-0000-000000000000", "1e400", "%F0%9F%92%A5", "a%1Fb", "MDE5HzAxHzAx", new string('x', 4000), "-", ",", "--name", "*",
    ];

    private static readonly string[] BadBodies =
    [
        "", "{", "[", "null", "[]", "\"text\"", "17", "{\"a\":}", "{'name':'x'}", "{\"name\":\"x\",}", "{\"\":\"\"}", "{} {}", "\uFEFF{}", "{\"name\":\"\\ud800\"}", "{\"name\":\"\\u0000\"}", "{\"rows\":[null]}",
        "{\"rows\":[{\"kind\":{\"a\":[1]}}]}", "{\"rows\":[{\"\":1}]}", "{\"rows\":[{\"kind\":\"fuel.diesel\",\"quantity\":1e400,\"unit\":\"L\"}]}", "{\"rows\":[{\"a\\u0000\":\"b\"}]}", "{\"rows\":[{\"sep=\":\"x\"}]}",
    ];

    private static readonly string[] BadValues =
    [
        "null", "1e400", "-0", "123456789012345678901234567890123456789012345678901234567890", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "[]", "{}", "[[[]]]", "true", "\"2025-02-30\"", "\"0001-01-01\"", "\"9999-12-31\"", "\"NaN\"",
        "\"79228162514264337593543950336\"", "\"0.00000000000000000000000000000000000001\"", "\"not-an-id\"", "\"2025-01-01T00:00:00+99:00\"", "2147483648", "\"\\u202E\\u0007\"",
    ];

    private static readonly string[] BadTypes = ["text/plain", "application/xml", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=", "application/octet-stream", "*/*"];

    private static readonly (string, string)[] BadHeaders =
    [
        ("If-Match", "3"), ("If-Match", "\"99999999999999999999\""), ("If-Match", "W/\"1\""), ("If-Match", "\"1\", \"2\""), ("Idempotency-Key", new string('k', 300)), ("Idempotency-Key", "a b"),
        ("Accept", "image/png"), ("X-Request-Id", new string('i', 5000)), ("If-None-Match", "\"\"\"\""), ("Content-Encoding", "gzip"), ("Range", "bytes=5-1"), ("Cookie", "ogf_key=%00;;;=;"),
        ("Accept-Encoding", "br;q=nonsense"), ("X-Forwarded-For", "not an address"),
    ];

    [Fact]
    public async Task None_is_answered_with_a_fault()
    {
        var random = new Random(Seed);
        var operations = await ApiOperation.All(api);
        var wrong = new List<string>();
        var refused = 0;
        for (var i = 0; i < Requests; i++)
        {
            var operation = operations[i % operations.Count];
            var (request, told) = Malformed(operation, random);
            using var response = await api.Acme.SendAsync(request, TestContext.Current.CancellationToken);
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var status = (int)response.StatusCode;
            refused += status >= 400 ? 1 : 0;
            if (status == 400 && body.Length == 0 && told.Contains("/%00", StringComparison.Ordinal))
            {
                continue; // The server refuses such a path before it is a request at all.
            }

            if (status >= 500 || (status >= 400 && response.Content.Headers.ContentType?.MediaType != (operation.Path.StartsWith("/scim/", StringComparison.Ordinal) ? "application/scim+json" : "application/problem+json")))
            {
                wrong.Add($"{i} {told}: {status} {body[..Math.Min(300, body.Length)]}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.InRange(refused, Requests / 2, Requests);
    }

    private static (HttpRequestMessage Request, string Told) Malformed(ApiOperation operation, Random random)
    {
        var query = operation.Parameters("query").Select(parameter => parameter.GetProperty("name").GetString()!).ToList();
        var choices = new List<string> { "query", "header" };
        choices.AddRange(operation.Ids.Any() ? ["path", "path"] : []);
        choices.AddRange(operation.Method == HttpMethod.Get || operation.Method == HttpMethod.Delete ? ["query"] : ["body", "body", "value", "value", "value", "type", "deep", "bytes"]);
        var choice = choices[random.Next(choices.Count)];
        var path = operation.WithIds(_ => choice == "path" ? "§" : Guid.Empty.ToString()).Replace("%C2%A7", Pick(BadTexts, random), StringComparison.Ordinal);
        if (choice == "query")
        {
            var name = query.Count == 0 || random.Next(4) == 0 ? "nmae" : query[random.Next(query.Count)];
            path += $"?{name}={Pick(BadTexts, random)}" + (random.Next(3) == 0 ? $"&{name}={Pick(BadTexts, random)}" : "");
        }

        var request = new HttpRequestMessage(operation.Method, new Uri("http://host" + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }).PathAndQuery);
        if (operation.NeedsIfMatch)
        {
            request.Headers.TryAddWithoutValidation("If-Match", "*");
        }

        if (choice == "header")
        {
            var (name, value) = BadHeaders[random.Next(BadHeaders.Length)];
            request.Headers.TryAddWithoutValidation(name, value);
            choice += $" {name}";
        }

        request.Content = Body(operation, choice, random, out var body);
        return (request, $"{operation} {choice} {path} {body[..Math.Min(200, body.Length)]}");
    }

    private static ByteArrayContent? Body(ApiOperation operation, string choice, Random random, out string body)
    {
        body = "";
        if (operation.Method == HttpMethod.Get || operation.Method == HttpMethod.Delete)
        {
            return null;
        }

        var example = operation.TakesJson ? operation.ExampleBody.GetRawText() : "kind,quantity,unit\n";
        body = choice switch
        {
            "body" => Pick(BadBodies, random),
            "value" when operation.TakesJson => WithValue(example, random),
            "deep" => new string('[', 5000) + "{\"a\":" + new string(']', 10),
            _ => example,
        };
        var bytes = Encoding.UTF8.GetBytes(body);
        if (choice == "bytes" && bytes.Length > 0)
        {
            for (var i = 0; i < 8; i++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
        }

        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", choice == "type" ? Pick(BadTypes, random) : operation.TakesJson ? "application/json" : "text/csv");
        return content;
    }

    // One value of the example, somewhere in it, is another.
    private static string WithValue(string example, Random random)
    {
        var mark = $"\"§{random.Next().ToString(CultureInfo.InvariantCulture)}\"";
        var places = new List<Action>();
        var node = JsonNode.Parse(example);
        Walk(node);
        if (places.Count == 0)
        {
            return Pick(BadValues, random);
        }

        places[random.Next(places.Count)]();
        return JsonSerializer.Serialize(node, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).Replace(mark, Pick(BadValues, random), StringComparison.Ordinal);

        void Walk(JsonNode? at)
        {
            if (at is JsonObject fields)
            {
                foreach (var name in fields.Select(field => field.Key).ToList())
                {
                    places.Add(() => fields[name] = mark.Trim('"'));
                    Walk(fields[name]);
                }
            }
            else if (at is JsonArray items)
            {
                for (var i = 0; i < items.Count; i++)
                {
                    var place = i;
                    places.Add(() => items[place] = mark.Trim('"'));
                    Walk(items[i]);
                }
            }
        }
    }

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];
}
