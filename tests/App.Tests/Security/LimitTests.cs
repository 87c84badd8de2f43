using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Limits;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Security;

/// <summary>Limits of several servers, with a Redis and without it.</summary>
public sealed class SharedLimitTests(RedisPeer redis) : IClassFixture<RedisPeer>
{
    private static readonly Bucket Slow = new("x", 0.001, 10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task two_servers_share_one_limit_and_neither_lets_more_through()
    {
        var (one, two) = (Server(out var first), Server(out var second));
        using (first)
        using (second)
        {
            var bucket = Slow with { Name = Name() };
            var taken = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : two).Take([bucket], Ct).AsTask()));

            Assert.Equal(10, taken.Count(one => one.IsAllowed));
            Assert.Equal(Enumerable.Range(0, 10), taken.Where(one => one.IsAllowed).Select(one => one.Left).Order());
            Assert.All(taken.Where(one => !one.IsAllowed), refused => Assert.InRange(refused.Wait.TotalSeconds, 900, 1000));
        }
    }

    [Fact]
    public async Task a_token_is_taken_out_of_all_buckets_or_out_of_none()
    {
        var server = Server(out var connection);
        using (connection)
        {
            var (small, large) = (new Bucket(Name(), 0.001, 2), new Bucket(Name(), 0.001, 100));
            for (var i = 0; i < 6; i++)
            {
                var taken = await server.Take([large, small], Ct);
                Assert.Equal((i < 2, small.Name), (taken.IsAllowed, taken.Bucket.Name));
            }

            Assert.Equal(97, (await server.Take([large], Ct)).Left);
        }
    }

    [Fact]
    public async Task a_bucket_fills_at_its_rate()
    {
        var server = Server(out var connection);
        using (connection)
        {
            var bucket = new Bucket(Name(), 20, 1);
            Assert.True((await server.Take([bucket], Ct)).IsAllowed);
            var refusals = 0;
            while (!(await server.Take([bucket], Ct)).IsAllowed)
            {
                refusals++;
            }

            Assert.True(refusals > 0);
        }
    }

    [Fact]
    public async Task when_the_redis_goes_away_each_server_counts_for_itself_and_says_so_and_when_it_is_back_they_share_again()
    {
        await using var own = new OwnRedis();
        await own.Peer.InitializeAsync();
        var log = new Heard();
        using var connection = new RedisConnection(own.Peer.Address);
        var clock = new Clock();
        var server = new Allowance(clock, log, new RedisBuckets(connection));
        var bucket = Slow with { Name = Name() };
        for (var i = 0; i < 10; i++)
        {
            Assert.True((await server.Take([bucket], Ct)).IsAllowed);
        }

        Assert.False((await server.Take([bucket], Ct)).IsAllowed);
        await own.Peer.Stop();

        // Its own count begins anew, and ends where the shared one does.
        for (var i = 0; i < 11; i++)
        {
            Assert.Equal(i < 10, (await server.Take([bucket], Ct)).IsAllowed);
        }

        Assert.Contains("counts for itself", Assert.Single(log.Lines), StringComparison.Ordinal);
        await own.Peer.Start();
        clock.Now += TimeSpan.FromSeconds(2);
        Assert.True((await server.Take([bucket], Ct)).IsAllowed);
        Assert.Contains("is back", log.Lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:6379")]
    [InlineData("http://localhost")]
    [InlineData("redis://")]
    public void an_address_that_is_none_is_refused_when_the_server_starts(string address) => Assert.Throws<InvalidDataException>(() => new RedisConnection(address));

    [Fact]
    public async Task a_wrong_password_is_a_redis_that_is_away()
    {
        var log = new Heard();
        using var connection = new RedisConnection($"redis://:wrong@127.0.0.1:{redis.Port}");

        Assert.True((await new Allowance(TimeProvider.System, log, new RedisBuckets(connection)).Take([Slow with { Name = Name() }], Ct)).IsAllowed);
        Assert.Single(log.Lines);
    }

    private Allowance Server(out RedisConnection connection)
    {
        connection = new RedisConnection(redis.Address);
        return new Allowance(TimeProvider.System, NullLogger<Allowance>.Instance, new RedisBuckets(connection));
    }

    private static string Name() => Guid.CreateVersion7().ToString("N");

    private sealed class OwnRedis : IAsyncDisposable
    {
        public RedisPeer Peer { get; } = new();

        public ValueTask DisposeAsync() => Peer.DisposeAsync();
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class Heard : Microsoft.Extensions.Logging.ILogger<Allowance>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}

/// <summary>Limits as a client meets them: two servers over one Redis, a small plan, and sign-ins.</summary>
public sealed class LimitedApiTests(LimitedApiTests.Limited api) : IClassFixture<LimitedApiTests.Limited>
{
    public sealed class Limited(TestPostgres postgres) : ApiFixture(postgres), IAsyncLifetime
    {
        private readonly RedisPeer redis = new();

        internal override HostSettings Settings(HostSettings settings) =>
            settings with { RequestsPerSecond = 4, SignIns = new SignInLimits(PerAddress: 12, PerAccount: 3), Redis = redis.Address, Works = false, Proxies = [System.Net.IPNetwork.Parse("127.0.0.0/8")] };

        async ValueTask IAsyncLifetime.InitializeAsync()
        {
            await redis.InitializeAsync();
            await InitializeAsync();
        }

        async ValueTask IAsyncDisposable.DisposeAsync()
        {
            await DisposeAsync();
            await redis.DisposeAsync();
        }
    }

    [Fact]
    public async Task a_key_s_limit_is_one_over_both_servers_and_another_tenant_s_is_its_own()
    {
        var (other, _) = await api.Another();
        var key = await api.Key(api.Database.Acme);
        var (here, there) = (api.Client(key), api.Client(key, other));
        var through = 0;
        HttpResponseMessage answer;
        while ((answer = await (through % 2 == 0 ? here : there).Get("/api/v1/jobs")).IsSuccessStatusCode)
        {
            Assert.Equal("20", answer.Headers.GetValues("RateLimit-Limit").Single());
            through++;
        }

        // 2 a second for one key of four a second: 20 at once, and what came back while they were asked for.
        Assert.InRange(through, 20, 60);
        Assert.Equal("rate.exceeded", await answer.Problem(429));
        Assert.Equal("1", answer.Headers.GetValues("Retry-After").Single());
        Assert.Equal(200, (int)(await api.Globex.Get("/api/v1/jobs")).StatusCode);
    }

    [Fact]
    public async Task whoever_has_a_network_of_ipv6_has_the_tries_of_one_address()
    {
        Task<HttpResponseMessage> Try(string from, int time) => api.Nobody.Post("/api/v1/auth/login", new { email = $"n{time}{Guid.CreateVersion7():N}@example.org", password = "x" }, ("X-Forwarded-For", from));
        var (tries, code) = (0, "");
        while (code != "rate.exceeded" && tries < 40)
        {
            tries++;
            code = (await (await Try($"2001:db8:1:2::{tries:x}", tries)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("rate.exceeded", StringComparison.Ordinal) ? "rate.exceeded" : "";
        }

        Assert.InRange(tries, 13, 20);
        Assert.Equal("sign-in.refused", await (await Try("2001:db8:1:3::1", 0)).Problem(401));
        Assert.Equal("sign-in.refused", await (await Try("198.51.100.9", 0)).Problem(401));
    }

    [Fact]
    public void whatever_strangers_may_send_is_limited_strictly()
    {
        // Signing out guesses nothing.
        var lax = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null && endpoint.Metadata.GetMetadata<StrictlyLimited>() is null
                && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Any(method => method is not ("GET" or "HEAD")))
            .Select(endpoint => endpoint.RoutePattern.RawText).Except(["/sign-out"], StringComparer.Ordinal);

        Assert.Empty(lax);
    }

    [Fact]
    public async Task an_account_is_tried_a_few_times_a_minute_whether_there_is_one_or_not_and_an_address_a_few_times_more()
    {
        var known = await People.Make(api, api.Database.Globex, "viewer");
        foreach (var email in (string[])[known, "nobody@example.org"])
        {
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal("sign-in.refused", await (await Login(email)).Problem(401));
            }

            var refused = await Login(email);
            Assert.Equal("sign-in.too-often", await refused.Problem(429));
            Assert.InRange(int.Parse(refused.Headers.GetValues("Retry-After").Single(), System.Globalization.CultureInfo.InvariantCulture), 1, 20);
        }

        HttpResponseMessage last;
        var tries = 0;
        while ((int)(last = await Login($"n{tries}@example.org")).StatusCode != 429)
        {
            Assert.True(++tries < 40, "No limit for the address.");
        }

        Assert.Equal("rate.exceeded", await last.Problem(429));

        // The page of a sign-in counts with it; the rest of the program does not.
        var page = await api.Nobody.Send(HttpMethod.Post, "/sign-in", new FormUrlEncodedContent([new("email", known), new("password", "x")]), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(429, (int)page.StatusCode);
        Assert.Equal(200, (int)(await api.Globex.Get("/api/v1/jobs")).StatusCode);
    }

    private Task<HttpResponseMessage> Login(string email) => api.Nobody.Post("/api/v1/auth/login", new { email, password = "wrong horse battery staple" });
}
