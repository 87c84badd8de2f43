using System.Net.Http.Headers;
using Dapper;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Security;

/// <summary>What the server does not do: send anybody to another scheme, list a folder, keep a question in place of a password, keep a file so that it could run.</summary>
public sealed class PlainAnswerTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/v1/entities")]
    [InlineData("/scim/v2/Users")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/imports")]
    [InlineData("/sign-in")]
    public async Task nothing_is_sent_on_to_https(string path)
    {
        foreach (var client in new[] { api.Acme, api.Nobody })
        {
            var answer = await client.Get(path);

            Assert.False(answer.Headers.Location is { IsAbsoluteUri: true }, answer.Headers.Location?.ToString());
            Assert.True((int)answer.StatusCode is 200 or 401 or 302, $"{(int)answer.StatusCode}");
            Assert.True((int)answer.StatusCode != 302 || answer.Headers.Location!.OriginalString.StartsWith("/sign-in", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("/lib")]
    [InlineData("/lib/")]
    [InlineData("/.")]
    [InlineData("/wwwroot/")]
    [InlineData("/docs/../lib/")]
    [InlineData("/site.css/")]
    [InlineData("/common-passwords.json")]
    [InlineData("/OffGridFlow.Web.dll")]
    [InlineData("/appsettings.json")]
    [InlineData("/package.json")]
    [InlineData("/.git/config")]
    [InlineData("/.git/HEAD")]
    public async Task no_folder_is_listed_and_nothing_beside_the_pages_files_is_served(string path)
    {
        var answer = await api.Nobody.Send(HttpMethod.Get, path, null, ("Accept", "*/*"));

        Assert.True((int)answer.StatusCode is 404 or 401 or 302, $"{(int)answer.StatusCode}");
        Assert.DoesNotContain("site.css\n", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(200, (int)(await api.Nobody.Get("/site.css")).StatusCode);
    }

    [Fact]
    public async Task no_question_and_no_hint_is_kept_of_anybody()
    {
        await using var connection = await api.Database.Admin.OpenConnectionAsync(Ct);
        var columns = (await connection.QueryAsync<string>("select table_name || '.' || column_name from information_schema.columns where table_schema in ('people', 'org') order by 1")).ToList();

        Assert.Contains("passwords.hash", columns);
        Assert.DoesNotContain(columns, column => new[] { "hint", "question", "security_answer", "mother" }.Any(word => column.Contains(word, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task a_password_does_not_grow_too_old()
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        await using var connection = await api.Database.Admin.OpenConnectionAsync(Ct);
        Assert.Equal(1, await connection.ExecuteAsync("set session_replication_role = replica; update people.passwords set changed_at = now() - interval '10 years' where user_id = (select user_id from people.users where email = @email)", new { email }));

        Assert.Equal(200, (int)(await (await People.SignIn(api, email)).Client.Get("/api/v1/entities")).StatusCode);
    }

    [Fact]
    public async Task a_file_is_kept_by_its_hash_without_its_name_where_nothing_runs()
    {
        var name = "../../bill; rm \"x\"\u00e9.sh";
        var bill = new { kind = "electricity.grid", quantity = "10", unit = "kWh", region = "GB", start = "2025-01-01", end = "2025-01-31" };
        var made = await (await api.Acme.Post("/api/v1/activities", bill)).Json(201);
        var activity = made.GetProperty("activities")[0].GetProperty("activity_id").GetString();
        using var content = new ByteArrayContent("a reading"u8.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var kept = await (await api.Acme.Send(HttpMethod.Post, $"/api/v1/activities/{activity}/evidence?file_name={Uri.EscapeDataString(name)}", content)).Json(201);
        var sha256 = kept.GetProperty("sha256").GetString()!;

        var file = Assert.Single(Directory.GetFiles(api.StateFolder, "*", SearchOption.AllDirectories), path => Path.GetFileName(path) == sha256);
        Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
        Assert.DoesNotContain(Directory.GetFiles(api.StateFolder, "*", SearchOption.AllDirectories), path => path.Contains("bill", StringComparison.Ordinal));

        // RFC 6266: what the name holds ends no parameter and begins none.
        var answer = await api.Acme.Get($"/api/v1/activities/{activity}/evidence/{kept.GetProperty("evidence_id").GetString()}");
        var disposition = answer.Content.Headers.GetValues("Content-Disposition").Single();
        Assert.True(ContentDispositionHeaderValue.TryParse(disposition, out var read), disposition);
        Assert.Equal("attachment", read.DispositionType);
        Assert.All(read.Parameters, parameter => Assert.True(parameter.Name is "filename" or "filename*", disposition));
        Assert.All(disposition, letter => Assert.InRange(letter, ' ', '~'));
        Assert.DoesNotContain('/', read.FileNameStar ?? "");
    }
}
