using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Platform;

/// <summary>Many who ask at once share a reading, and none gets an answer older than the question.</summary>
public sealed class SharedReadTests
{
    [Fact]
    public async Task nobody_is_answered_by_a_reading_that_began_before_they_asked()
    {
        var shared = new SharedRead<int>();
        var readings = new List<TaskCompletionSource<int>>();
        var first = Ask();
        var second = Ask();
        var third = Ask();

        Assert.Single(readings);
        readings[0].SetResult(1);

        Assert.Equal(1, await first);
        while (readings.Count < 2)
        {
            await Task.Yield();
        }

        readings[1].SetResult(2);
        Assert.Equal(2, await second);
        Assert.Equal(2, await third);
        Assert.Equal(2, readings.Count);

        Task<int> Ask() => shared.Ask(
            () =>
            {
                var reading = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
                readings.Add(reading);
                return reading.Task;
            },
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task a_reading_that_fails_fails_those_who_waited_for_it_and_no_others()
    {
        var shared = new SharedRead<int>();
        var ct = TestContext.Current.CancellationToken;
        var fails = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = shared.Ask(() => fails.Task, ct);
        var second = shared.Ask(() => Task.FromResult(2), ct);

        fails.SetException(new IOException("gone"));

        await Assert.ThrowsAsync<IOException>(() => first);
        Assert.Equal(2, await second);
        Assert.Equal(3, await shared.Ask(() => Task.FromResult(3), ct));
    }
}
