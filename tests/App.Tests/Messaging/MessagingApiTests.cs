using OffGridFlow.Platform.Outbound;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Messaging.Webhooks;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Messaging;

public sealed class MessagingApiTests(TestDatabase test) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private WebApplication app = null!;
    private HttpClient acme = null!;
    private HttpClient globex = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(test.Database).AddSingleton(Offline.Private).AddSingleton(TestSeals.New()).AddMessaging();
        builder.Services.ConfigureHttpJsonOptions(options => Json.Set(options.SerializerOptions));
        app = builder.Build();
        // Who asks is the host's to find out; here it is said.
        app.Use((context, next) =>
        {
            context.Features.Set(context.Request.Headers["tenant"] == "acme" ? test.Acme : test.Globex);
            return next();
        });
        app.MapGroup("/api/v1").MapMessaging();
        await app.StartAsync(Ct);
        (acme, globex) = (Client("acme"), Client("globex"));
    }

    public async ValueTask DisposeAsync()
    {
        acme.Dispose();
        globex.Dispose();
        await app.DisposeAsync();
    }

    [Fact]
    public async Task jobs_are_listed_filtered_paged_cancelled_and_requeued()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await test.Enqueue(test.Acme, new NewJob(JobType.ReportGeneration, "listed", new { PeriodId = i })));
        }

        await test.Enqueue(test.Acme, new NewJob(JobType.Export, "unlisted", new { }));
        var pages = new List<List<Guid>>();
        string? next = null;
        do
        {
            var page = await acme.GetFromJsonAsync<JsonElement>($"jobs?name=listed&status=queued&limit=2{(next is null ? "" : $"&cursor={next}")}", Ct);
            pages.Add([.. page.GetProperty("items").EnumerateArray().Select(job => job.GetProperty("job_id").GetGuid())]);
            next = page.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }
        while (next is not null);
        var cancelled = await acme.PostAsync($"jobs/{ids[0]}/cancel", null, Ct);
        var again = await acme.PostAsync($"jobs/{ids[0]}/cancel", null, Ct);
        var requeued = await acme.PostAsync($"jobs/{ids[0]}/requeue", null, Ct);
        var shown = await acme.GetFromJsonAsync<JsonElement>($"jobs/{ids[0]}", Ct);

        Assert.Equal([2, 2, 1], pages.Select(page => page.Count));
        Assert.Equal(ids.OrderDescending(), pages.SelectMany(page => page));
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.Accepted), (cancelled.StatusCode, again.StatusCode, requeued.StatusCode));
        Assert.Equal(("queued", "report_generation", 0), (shown.GetProperty("status").GetString(), shown.GetProperty("type").GetString(), shown.GetProperty("arguments").GetProperty("period_id").GetInt32()));
        Assert.False(shown.TryGetProperty("arguments_json", out _));
    }

    [Fact]
    public async Task a_webhook_shows_its_secret_once_and_is_changed_tested_and_deleted()
    {
        await using var receiver = await Receiver.Start();
        var created = await acme.PostAsJsonAsync("webhooks", new { url = receiver.Url, event_types = new[] { "import.read" } }, Ct);
        var text = await created.Content.ReadAsStringAsync(Ct);
        var path = created.Headers.Location!.ToString();
        var shown = await acme.GetAsync(path, Ct);
        var listed = await acme.GetStringAsync("webhooks", Ct);
        var changed = await Put(path, new { url = receiver.Url, description = "all" }, shown.Headers.ETag!.Tag);
        var stale = await Put(path, new { url = receiver.Url }, shown.Headers.ETag.Tag);
        var tested = await acme.PostAsync($"{path}/test", null, Ct);
        await using (await Working.Start(test.Database, Working.Quick))
        {
            await Queue.Until(() => Task.FromResult(receiver.Received.Count(got => got.Body.Contains("webhook.tested", StringComparison.Ordinal))), count => count == 1, _ => "nothing arrived");
        }

        var log = await acme.GetFromJsonAsync<JsonElement>($"{path}/deliveries", Ct);
        var deleted = await acme.DeleteAsync(path, Ct);

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Contains("whsec_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", await shown.Content.ReadAsStringAsync(Ct) + listed, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.PreconditionFailed, HttpStatusCode.Accepted), (changed.StatusCode, stale.StatusCode, tested.StatusCode));
        Assert.Contains(log.GetProperty("items").EnumerateArray(), delivery => delivery.TryGetProperty("status_code", out var status) && status.GetInt32() == 204);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await acme.GetAsync(path, Ct)).StatusCode);
    }

    [Theory]
    [InlineData("jobs?status=lost", "job.status")]
    [InlineData("jobs?limit=0", "page.limit")]
    [InlineData("jobs?cursor=nonsense", "page.cursor")]
    [InlineData("webhooks?cursor=nonsense", "page.cursor")]
    public async Task a_question_that_cannot_be_answered_is_a_problem(string path, string code)
    {
        var answer = await acme.GetAsync(path, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(code, (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task every_endpoint_answers_404_to_the_other_tenant()
    {
        var job = await test.Enqueue(test.Acme, new NewJob(JobType.Export, "acme-only", new { }));
        var created = await acme.PostAsJsonAsync("webhooks", new { url = "https://hooks.invalid/" }, Ct);
        var hook = created.Headers.Location!.ToString();
        var endpoints = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(method => (Method: method, Path: endpoint.RoutePattern.RawText!)))
            .Where(endpoint => endpoint.Path.Contains("{id:guid}", StringComparison.Ordinal)).ToList();

        foreach (var (method, path) in endpoints)
        {
            var id = path.Contains("/jobs/", StringComparison.Ordinal) ? job.ToString() : hook[(hook.LastIndexOf('/') + 1)..];
            using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{id:guid}", id, StringComparison.Ordinal));
            request.Content = method == "PUT" ? JsonContent.Create(new { url = "https://others.invalid/" }) : null;
            Assert.Equal((method, path, HttpStatusCode.NotFound), (method, path, (await globex.SendAsync(request, Ct)).StatusCode));
        }

        Assert.Equal(8, endpoints.Count);
        Assert.DoesNotContain("acme-only", await globex.GetStringAsync("jobs", Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await acme.GetAsync(hook, Ct)).StatusCode);
    }

    private HttpClient Client(string tenant)
    {
        var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single() + "/api/v1/") };
        client.DefaultRequestHeaders.Add("tenant", tenant);
        return client;
    }

    private async Task<HttpResponseMessage> Put(string path, object body, string ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await acme.SendAsync(request, Ct);
    }
}
