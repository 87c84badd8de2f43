using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Messaging;

namespace OffGridFlow.App.Tests.Governance;

/// <summary>An operator's settings change how long what is theirs is kept, and nothing that the law or the ledger keeps.</summary>
public sealed class RetentionSettingsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_changes_the_periods_of_jobs_dead_letters_and_uploads_alone()
    {
        var (usual, set) = await api.Database.Database.Read(
            api.Database.Acme,
            async session => (await Retention.Read(session, new RetentionSettings()), await Retention.Read(session, new RetentionSettings { Ended = TimeSpan.FromDays(2), DeadLetters = TimeSpan.FromDays(3), Uploads = TimeSpan.FromDays(4) })),
            Ct);

        var changed = usual.Classes.Where(one => one.Days is not null).Select(one => one.Name).Where(name => usual[name] != set[name]).Order(StringComparer.Ordinal);

        Assert.Equal([Retention.DeadLetters, Retention.Jobs, Retention.Uploads], changed);
        Assert.Equal((2, 3, 4), (set[Retention.Jobs].Days, set[Retention.DeadLetters].Days, set[Retention.Uploads].Days));
        Assert.Equal((2557, 2557, 90), (set[Retention.Ledger].Days, usual[Retention.Audit].Days, set[Retention.Activities].Days));
    }
}
