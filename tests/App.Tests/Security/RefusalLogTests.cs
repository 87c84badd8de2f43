using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform;
using OffGridFlow.Platform.Http;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Security;

/// <summary>What is refused is in the log: once, then counted, and without what was sent.</summary>
public sealed class RefusalLogTests
{
    private readonly StopWatch clock = new();
    private readonly Kept kept = new();

    [Fact]
    public async Task what_repeats_within_a_minute_is_counted()
    {
        var log = Log(context => new ProblemResponse(new Problem("quantity.not-a-number", "quantity", "=cmd()", "a number", "")).ExecuteAsync(context));
        for (var i = 0; i < 5; i++)
        {
            await log.Invoke(Request("/api/v1/activities/{activity_id}"));
        }

        var first = Assert.Single(kept.Entries);
        Assert.Contains("POST /api/v1/activities/{activity_id}: refused, 400 quantity.not-a-number, a stranger at 192.0.2.7", first, StringComparison.Ordinal);
        Assert.DoesNotContain("cmd", first, StringComparison.Ordinal);

        clock.Elapsed = TimeSpan.FromMinutes(1);
        await log.Invoke(Request("/api/v1/activities/{activity_id}"));

        Assert.Equal(3, kept.Entries.Count);
        Assert.Contains("quantity.not-a-number, a stranger, 192.0.2.7, 4 times more", kept.Entries[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(302, 0)]
    [InlineData(400, 1)]
    [InlineData(404, 1)]
    [InlineData(413, 1)]
    [InlineData(429, 1)]
    [InlineData(499, 0)]
    [InlineData(500, 0)]
    public async Task refusals_are_told_and_nothing_else(int status, int entries)
    {
        await Log(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }).Invoke(Request("/api/v1/x"));

        Assert.Equal(entries, kept.Entries.Count);
    }

    [Fact]
    public async Task nobody_fills_the_log_by_being_refused_for_ever_new_things()
    {
        var log = Log(context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        for (var i = 0; i < 3000; i++)
        {
            await log.Invoke(Request($"/{i}"));
        }

        Assert.Equal(1001, kept.Entries.Count);
    }

    private RefusalLog Log(RequestDelegate next) => new(next, clock, kept);

    private static DefaultHttpContext Request(string pattern)
    {
        var context = new DefaultHttpContext { Request = { Method = "POST", Path = "/secret-in-the-path" }, Response = { Body = new MemoryStream() } };
        context.Connection.RemoteIpAddress = System.Net.IPAddress.Parse("192.0.2.7");
        context.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse(pattern), 0, null, null));
        return context;
    }

    private sealed class Kept : ILogger<RefusalLog>
    {
        public List<string> Entries { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Entries.Add(formatter(state, exception));
    }
}
