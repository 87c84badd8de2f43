using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Tokens;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>How long a session lasts, as its constants say.</summary>
public sealed class SessionLifetimeTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(UserSessions.InBrowser)]
    [InlineData(UserSessions.InProgram)]
    public async Task a_session_ends_by_rest_and_by_age(string carrier)
    {
        var (rest, age) = carrier == UserSessions.InBrowser ? (UserSessions.Idle, UserSessions.Longest) : (RefreshTokens.GoodFor, UserSessions.LongestInProgram);
        var opened = await SignIn(carrier);
        Assert.Equal(age, await Age(opened.Session));

        await Set(opened.Session, $"last_seen_at = now() - interval '{(rest - Moment).TotalMinutes} minutes'");
        Assert.True(await opened.Opens());
        await Set(opened.Session, $"last_seen_at = now() - interval '{(rest + Moment).TotalMinutes} minutes'");
        Assert.False(await opened.Opens());

        var other = await SignIn(carrier);
        await Set(other.Session, "expires_at = now() + interval '1 minute'");
        Assert.True(await other.Opens());
        await Set(other.Session, "expires_at = now()");
        Assert.False(await other.Opens());
    }

    private async Task<(Guid Session, Func<Task<bool>> Opens)> SignIn(string carrier)
    {
        if (carrier == UserSessions.InBrowser)
        {
            var cookie = await People.Cookie(api, api.Database.Acme, "viewer");
            var secret = PersonSecret.Read(PersonSecret.Session, cookie.Split('=', 2)[1])!;
            return (secret.Thing, async () => (int)(await api.Nobody.Send(HttpMethod.Get, "/api/v1/entities", null, ("Cookie", cookie))).StatusCode == 200);
        }

        var member = await People.Member(api, api.Database.Acme, "viewer");
        var session = await Scalar<Guid>($"select session_id from people.sessions where user_id = '{member.User}' order by created_at desc limit 1");
        return (session, async () => (int)(await member.Client.Get("/api/v1/entities")).StatusCode == 200);
    }

    // What the servers remember of it for half a minute is forgotten.
    private async Task Set(Guid session, string what)
    {
        await Scalar<int>($"set session_replication_role = replica; with done as (update people.sessions set {what} where session_id = '{session}' returning 1) select count(*)::int from done");
        api.Services.GetRequiredService<SessionRing>().Forget();
    }

    private Task<TimeSpan> Age(Guid session) => Scalar<TimeSpan>($"select expires_at - created_at from people.sessions where session_id = '{session}'");

    private async Task<T> Scalar<T>(string sql)
    {
        await using var command = api.Database.Admin.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }
}
