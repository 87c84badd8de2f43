using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Security;

/// <summary>2,000 hostile requests, signed in and not: none is a fault, none gives back what it brought, none tells of another tenant or of the program's inside.</summary>
public sealed partial class HostileTests(HostileTests.Impatient api) : IClassFixture<HostileTests.Impatient>
{
    public sealed class Impatient(TestPostgres postgres) : ApiFixture(postgres)
    {
        internal override HostSettings Settings(HostSettings settings) => settings with { Patience = TimeSpan.FromSeconds(1.5) };
    }

    // Ten for each address, and two thousand at least.
    private const int Requests = 2500;
    private const int Seed = 20261121;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task none_of_two_thousand_hostile_requests_does_harm()
    {
        var planted = $"Globex Planted {Guid.CreateVersion7():N}";
        await (await api.Globex.Post("/api/v1/entities", new { code = "G-1", name = planted, country = "DE" })).Json(201);
        var email = await People.Make(api, api.Database.Acme, "owner");
        var token = (await (await api.Nobody.Post("/api/v1/auth/login", new { email, password = People.Password })).Json()).GetProperty("access_token").GetString()!;
        var who = await Who(email, token);
        var secrets = await Secrets(email);

        // What signs out, changes the password or takes the key away would make strangers of the rest.
        var operations = (await ApiOperation.All(api)).Where(operation => !operation.Path.StartsWith("/api/v1/auth/", StringComparison.Ordinal) || operation.Method == HttpMethod.Get).ToList();
        var forms = PageForms.Addresses(api);
        var hostile = new Hostile(operations, forms, who, Seed);
        var (wrong, statuses) = (new List<string>(), new SortedDictionary<int, int>());
        var answers = new (HostileRequest Request, string Answer)[Requests];
        for (var i = 0; i < Requests; i++)
        {
            answers[i].Request = hostile.Next(i);
        }

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Ct }, async (i, _) => answers[i].Answer = await Ask(answers[i].Request.Bytes));
        foreach (var (request, answer) in answers)
        {
            foreach (var status in Status().Matches(answer).Select(match => int.Parse(match.Groups["code"].Value, System.Globalization.CultureInfo.InvariantCulture)))
            {
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                wrong.AddRange(status >= 500 ? [$"{request.Told}: {status} {answer[..Math.Min(400, answer.Length)]}"] : []);
            }

            wrong.AddRange(Leaks(answer, [planted, .. secrets]).Select(leak => $"{request.Told}: {leak}: {answer[..Math.Min(600, answer.Length)]}"));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", statuses.Select(status => $"{status.Value} of {status.Key}")));
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join('\n', wrong.Take(20)));
        Assert.True(statuses.Count >= 6, "They were all refused for the same reason: they reached nothing.");
        Assert.True(statuses.Values.Sum() >= Requests * 9 / 10);
        Assert.True(Requests / 10 >= operations.Count && forms.Count > 20, "Each address has its turn.");

        // It stands, and everything is where it was; the session whose refresh token came twice has ended, and no other.
        Assert.Equal(200, (int)(await api.Client(token).Get("/api/v1/tenant")).StatusCode);
        Assert.Contains(planted, await (await api.Globex.Get("/api/v1/entities")).Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    // Sessions of their own, so that the token goes on opening what it opens.
    private async Task<HostileCaller> Who(string email, string token)
    {
        var used = (await (await api.Nobody.Post("/api/v1/auth/login", new { email, password = People.Password })).Json()).GetProperty("refresh_token").GetString()!;
        await (await api.Nobody.Post("/api/v1/auth/refresh", new { refresh_token = used })).Json();
        var refresh = (await (await api.Nobody.Post("/api/v1/auth/login", new { email, password = People.Password })).Json()).GetProperty("refresh_token").GetString()!;
        return new HostileCaller(token, await api.Key(api.Database.Acme), refresh, used, await People.Cookie(api, api.Database.Acme, "owner"));
    }

    // What is kept of secrets, in the forms in which it would be printed; the master key's own.
    private async Task<IReadOnlyList<string>> Secrets(string email)
    {
        await (await api.Acme.Post("/api/v1/webhooks", new { url = "https://planted.invalid/hook" })).Json(201);
        await using var command = api.Database.Admin.CreateCommand(
            $"""
            select p.hash from people.passwords p join people.users u using (user_id) where u.email = '{email}' union all select encode(hash, 'hex') from people.sessions union all select encode(hash, 'hex') from org.api_keys
            union all select encode(secret, 'hex') from platform.webhook_secrets union all select encode(wrapped, 'hex') from platform.data_keys
            """);
        var secrets = new List<string> { (await File.ReadAllTextAsync(Path.Combine(api.StateFolder, "keys", "master"), Ct)).Trim().Split(':')[1] };
        await using var reader = await command.ExecuteReaderAsync(Ct);
        while (await reader.ReadAsync(Ct))
        {
            secrets.Add(reader.GetString(0));
        }

        Assert.True(secrets.Count > 8);
        return secrets;
    }

    private static IEnumerable<string> Leaks(string answer, IReadOnlyList<string> planted)
    {
        if (planted.FirstOrDefault(one => answer.Contains(one, StringComparison.OrdinalIgnoreCase)) is { } found)
        {
            yield return found.StartsWith("Globex", StringComparison.Ordinal) ? "another tenant's name" : "a secret";
        }

        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = end < 0 ? answer : answer[..end];
        if (head.Contains("\nX-Injected", StringComparison.OrdinalIgnoreCase) || head.Contains("<zq9", StringComparison.Ordinal) || head.Contains("evil.example", StringComparison.Ordinal))
        {
            yield return "a header of the request's making";
        }

        if (head.Contains("text/html", StringComparison.OrdinalIgnoreCase) && (answer.Contains("<zq9", StringComparison.Ordinal) || answer.Contains("<script>alert", StringComparison.Ordinal)))
        {
            yield return "what it brought, in a page";
        }

        if (Inside().Match(answer) is { Success: true } inside)
        {
            yield return $"the program's inside ({inside.Value})";
        }
    }

    // What has come when the server closes; it closes whatever it does not understand.
    private async Task<string> Ask(byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port, Ct);
        var stream = client.GetStream();
        var heard = new MemoryStream();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        enough.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            var hearing = stream.CopyToAsync(heard, enough.Token);
            await stream.WriteAsync(bytes, enough.Token);
            await hearing;
        }
        catch (Exception cut) when (cut is IOException or SocketException)
        {
            // Refused before all of it was sent.
        }

        return Encoding.UTF8.GetString(heard.ToArray());
    }

    [GeneratedRegex(@"HTTP/1\.1 (?<code>\d{3}) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Status();

    [GeneratedRegex(@"Npgsql|PostgresException|\bat OffGridFlow\.|System\.[A-Z][A-Za-z.]+Exception|root:x:0|BEGIN [A-Z ]*KEY|relation ""[a-z_.]+"" does not", RegexOptions.None, 1000)]
    private static partial Regex Inside();
}
