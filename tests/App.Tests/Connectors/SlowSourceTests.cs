using OffGridFlow.Activities.Connectors;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Connectors;

/// <summary>Nobody holds a worker by sending drop by drop, or without end: minutes and hours here pass by a clock that says so.</summary>
public sealed class SlowSourceTests(SlowSourceTests.Leaping api) : IClassFixture<SlowSourceTests.Leaping>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A clock on which so much time passes between any two looks at it.</summary>
    public sealed class Leaps : TimeProvider
    {
        private long ahead;

        public TimeSpan Leap { get; set; }

        public override long GetTimestamp() => System.GetTimestamp() + Interlocked.Add(ref ahead, (long)(Leap.TotalSeconds * TimestampFrequency));
    }

    // A clock whose pauses of half a minute are over at once.
    private sealed class Impatient : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Pause ? TimeSpan.Zero : dueTime, period);
    }

    // It sends what it is told to at each read, or nothing for ever.
    private sealed class Sender(int? bytes) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (bytes is { } count)
            {
                return count;
            }

            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    public sealed class Leaping(TestPostgres postgres) : SourceFixture(postgres)
    {
        public Leaps Clock { get; } = new();

        internal override HostSettings Settings(HostSettings settings) => base.Settings(settings) with { Clock = Clock };
    }

    private static async Task<int> Once(ArrivingStream arriving, CancellationToken ct) => await arriving.ReadAsync(new byte[1], ct);

    [Fact]
    public async Task a_file_that_comes_at_less_than_the_least_rate_fails_and_is_tried_again()
    {
        await using var peer = new ScriptedPeer(ScriptedPeer.Ok(SourceFixture.Table()));
        var (quick, slow) = (await SourceFixture.Source(api.Acme, peer.Address + "/quick.csv"), await SourceFixture.Source(api.Acme, peer.Address + "/slow.csv"));

        api.Clock.Leap = TimeSpan.FromSeconds(10); // Within the two minutes that a small file may take, whatever its rate.
        Assert.Equal("imported", (await api.Fetch(api.Acme, quick)).GetProperty("outcome").GetString());
        api.Clock.Leap = TimeSpan.FromMinutes(3);
        var failed = await api.Fetch(api.Acme, slow);
        api.Clock.Leap = TimeSpan.Zero;

        Assert.Equal(("failed", "source.slow", true), (failed.GetProperty("outcome").GetString(), failed.GetProperty("problem").GetProperty("code").GetString(), failed.TryGetProperty("retry_at", out _)));
        Assert.Equal(0L, await api.Scalar<long>($"select count(*) from activities.imports where source_id = '{slow}'"));
    }

    // 2^31 - 1 bytes with each read are 36 MB a second and more: only the hours are too many.
    [Fact]
    public async Task after_two_hours_it_is_over_however_fast_it_comes()
    {
        var clock = new Leaps { Leap = TimeSpan.FromMinutes(59) };
        await using var arriving = new ArrivingStream(new Sender(int.MaxValue), null, clock);

        Assert.Equal(int.MaxValue, await Once(arriving, Ct));
        Assert.Equal(int.MaxValue, await Once(arriving, Ct));
        Assert.True((await Assert.ThrowsAsync<BrokenOffException>(() => Once(arriving, Ct))).IsSlow);
    }

    [Theory]
    [InlineData(2_999_990, false)]
    [InlineData(3_000_010, true)]
    public async Task the_least_rate_is_a_hundred_thousand_bytes_for_each_second_after_two_minutes(int bytes, bool isFastEnough)
    {
        await using var arriving = new ArrivingStream(new Sender(bytes), null, new Leaps { Leap = TimeSpan.FromSeconds(150) });

        var read = await Record.ExceptionAsync(() => Once(arriving, Ct));

        Assert.Equal(isFastEnough, read is null);
        Assert.True(read is null or BrokenOffException { IsSlow: true });
    }

    [Fact]
    public async Task a_pause_of_half_a_minute_is_too_long_and_who_stops_it_is_not_told_that_it_was_slow()
    {
        await using var silent = new ArrivingStream(new Sender(null), null, new Impatient());
        Assert.True((await Assert.ThrowsAsync<BrokenOffException>(() => Once(silent, Ct))).IsSlow);

        await using var stopped = new ArrivingStream(new Sender(null), null, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var reading = Once(stopped, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }
}
