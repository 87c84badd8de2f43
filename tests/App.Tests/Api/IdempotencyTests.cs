using System.Net;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Api;

public sealed class IdempotencyTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Jobs = "/api/v1/api-keys";

    [Fact]
    public async Task A_repeat_gets_the_same_answer_and_does_nothing()
    {
        var id = (await (await api.Acme.Post(Jobs, new { name = "to revoke" })).Json(201)).GetProperty("api_key_id").GetString();
        (string, string) key = ("Idempotency-Key", "revoke-1");

        var first = await api.Acme.Post($"{Jobs}/{id}/revoke", null, key);
        var second = await api.Acme.Post($"{Jobs}/{id}/revoke", null, key);

        Assert.Equal(await Text(first), await Text(second));
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
    }

    [Fact]
    public async Task A_key_that_stood_for_another_request_is_refused_and_its_secret_is_not_kept()
    {
        (string, string) key = ("Idempotency-Key", "make-1");
        await (await api.Acme.Post(Jobs, new { name = "once" }, key)).Json(201);

        Assert.Equal("idempotency.key-reused", await (await api.Acme.Post(Jobs, new { name = "another" }, key)).Problem(422));
        Assert.Equal("idempotency.done", await (await api.Acme.Post(Jobs, new { name = "once" }, key)).Problem(409));
        Assert.Equal(1, await Count("once"));
        await using var kept = api.Database.Admin.CreateCommand("select count(*) from platform.idempotency where key = 'make-1' and body is null");
        Assert.Equal(1L, await kept.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Of_many_at_once_one_is_done()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => api.Acme.Post(Jobs, new { name = "raced" }, ("Idempotency-Key", "race-1"))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict));
        Assert.Equal(1, await Count("raced"));
    }

    [Fact]
    public async Task After_a_problem_the_key_may_be_used_again()
    {
        (string, string) key = ("Idempotency-Key", "corrected-1");

        Assert.Equal("api-key.name", await (await api.Acme.Post(Jobs, new { name = "" }, key)).Problem(400));
        await (await api.Acme.Post(Jobs, new { name = "corrected" }, key)).Json(201);
    }

    [Fact]
    public async Task Keys_of_tenants_are_apart()
    {
        (string, string) key = ("Idempotency-Key", "shared-1");

        await (await api.Acme.Post(Jobs, new { name = "of acme" }, key)).Json(201);
        await (await api.Globex.Post(Jobs, new { name = "of globex" }, key)).Json(201);
    }

    [Fact]
    public async Task What_was_answered_to_one_caller_is_repeated_to_no_other()
    {
        var (ana, ben) = (await People.Member(api, api.Database.Acme, "viewer"), await People.Member(api, api.Database.Acme, "viewer"));
        (string, string) key = ("Idempotency-Key", "agreed-1");
        var agreed = new { document = "terms", edition = "2026-11" };
        await (await ana.Client.Post("/api/v1/auth/consents", agreed, key)).Json();

        Assert.Equal("idempotency.key-reused", await (await ben.Client.Post("/api/v1/auth/consents", agreed, key)).Problem(422));
        Assert.Empty((await (await ben.Client.Get("/api/v1/auth/consents")).Json()).GetProperty("items").EnumerateArray());
        await (await ana.Client.Post("/api/v1/auth/consents", agreed, key)).Json();
    }

    [Fact]
    public async Task A_key_nobody_would_write_is_refused() =>
        Assert.Equal("idempotency.key", await (await api.Acme.Post(Jobs, new { name = "x" }, ("Idempotency-Key", new string('k', 201)))).Problem(400));

    private async Task<int> Count(string name) => (await (await api.Acme.Get($"{Jobs}?name={name}")).Json()).GetProperty("items").GetArrayLength();

    private static Task<string> Text(HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
