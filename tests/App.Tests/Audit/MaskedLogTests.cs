using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Audit;

/// <summary>Nobody's address, key or token is in the log, whoever writes it there.</summary>
public sealed class MaskedLogTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private sealed class At(DateTimeOffset instant) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => instant;
    }

    private const string Jwt = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

    [Theory]
    [InlineData("Letter to ana.lopez+co2@example.org failed", "Letter to a***@e*** failed")]
    [InlineData("GET /sign-in?email=ana%40example.org&next=/", "GET /sign-in?email=a***@e***&next=/")]
    [InlineData("key ogf_live_AAECAwQFBgcICQ refused", "key ogf_live_*** refused")]
    [InlineData("session ogf_sess_x-Y_z ended", "session ogf_sess_*** ended")]
    [InlineData("Authorization: Bearer abc.def", "Authorization: Bearer ***")]
    [InlineData("got " + Jwt + " from them", "got ***.***.*** from them")]
    [InlineData("POST /choose-password?token=abcdef&x=1", "POST /choose-password?token=***&x=1")]
    [InlineData("{\"password\": \"hunter22\"}", "{\"password\": \"***\"}")]
    [InlineData("Job 0193 read-import failed at src/A.cs:line 12", "Job 0193 read-import failed at src/A.cs:line 12")]
    public void What_is_somebodys_is_masked_and_the_rest_stays(string said, string written) => Assert.Equal(written, MaskedLog.Masked(said));

    [Fact]
    public void An_exception_is_masked_too()
    {
        using var output = new StringWriter();
        var failure = new InvalidOperationException("for ana@example.org", new IOException("with ogf_live_SECRETSECRET"));

        new MaskedLog(new At(Noon)).Write(new LogEntry<string>(LogLevel.Error, "A.B", default, "Letter to ana@example.org", failure, (state, _) => state), null, output);

        Assert.StartsWith("2026-11-21T12:00:00.000Z fail: A.B[0]\n      Letter to a***@e***\n      System.InvalidOperationException: for a***@e***", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("SECRETSECRET", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_looks_like_an_entry_of_its_own()
    {
        using var output = new StringWriter();

        new MaskedLog(new At(Noon)).Write(new LogEntry<string>(LogLevel.Warning, "A.B", default, "path /x\r\n2026-11-21T12:00:00.000Z fail: A.B[0]\n\u001b[2Jadmin\rsigned in", null, (state, _) => state), null, output);

        Assert.Equal("2026-11-21T12:00:00.000Z warn: A.B[0]\n      path /x\n      2026-11-21T12:00:00.000Z fail: A.B[0]\n      \uFFFD[2Jadmin\uFFFDsigned in\n", output.ToString());
    }

    [Fact]
    public void Programs_read_an_object_a_line_that_is_masked_too()
    {
        using var output = new StringWriter();
        var failure = new InvalidOperationException("for ana@example.org\nat once", new IOException("with ogf_live_SECRETSECRET"));
        KeyValuePair<string, object?>[] fields = [new("To", "ana@example.org"), new("Tries", 3), new("Since", null), new("{OriginalFormat}", "Letter to {To}")];

        new MaskedJsonLog(new At(Noon)).Write(
            new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(LogLevel.Error, "A.B", new EventId(7), fields, failure, (_, _) => "Letter to ana@example.org\n\u001b[2J"), null, output);

        Assert.EndsWith("}\n", output.ToString(), StringComparison.Ordinal);
        Assert.Single(output.ToString(), '\n');
        var entry = System.Text.Json.JsonDocument.Parse(output.ToString()).RootElement;
        Assert.Equal(
            ("2026-11-21T12:00:00.000Z", "error", "A.B", 7, "Letter to a***@e***\n\u001b[2J"),
            (entry.GetProperty("at").GetString(), entry.GetProperty("level").GetString(), entry.GetProperty("category").GetString(), entry.GetProperty("event").GetInt32(), entry.GetProperty("message").GetString()));
        Assert.Equal("""{"To":"a***@e***","Tries":"3","Since":null}""", entry.GetProperty("fields").GetRawText());
        Assert.StartsWith("System.InvalidOperationException: for a***@e***\nat once", entry.GetProperty("exception").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("SECRETSECRET", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_server_writes_its_log_by_it() =>
        Assert.Equal(MaskedLog.FormatterName, api.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>>().Value.FormatterName);
}
