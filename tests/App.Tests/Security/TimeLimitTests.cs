using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Http;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Security;

/// <summary>A request that takes too long is given up, with all it began; one that carries a file is not.</summary>
public sealed class TimeLimitTests(TimeLimitTests.Impatient api) : IClassFixture<TimeLimitTests.Impatient>
{
    /// <summary>Ample for what is to be done, and far less than a lock is held.</summary>
    public sealed class Impatient(TestPostgres postgres) : ApiFixture(postgres)
    {
        internal override HostSettings Settings(HostSettings settings) => settings with { LongestRequest = TimeSpan.FromSeconds(2), Works = false };
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_waits_for_longer_is_answered_with_a_code_and_has_changed_nothing()
    {
        foreach (var client in (HttpClient[])[api.Acme, api.Globex])
        {
            HttpResponseMessage answer;
            await using (await Held("org.entities"))
            {
                answer = await client.Post("/api/v1/entities", new { code = "SLOW", name = "Slow" }, ("Idempotency-Key", "slow"));
            }

            Assert.Equal("request.too-long", await answer.Problem(503));
            Assert.Equal("5", Assert.Single(answer.Headers.GetValues("Retry-After")));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Empty((await (await client.Get("/api/v1/entities")).Json()).GetProperty("items").EnumerateArray());

            // The same request, with the same key, is done when nothing is in its way.
            await (await client.Post("/api/v1/entities", new { code = "SLOW", name = "Slow" }, ("Idempotency-Key", "slow"))).Json(201);
        }
    }

    [Fact]
    public async Task A_file_on_its_way_lasts_as_long_as_it_takes()
    {
        Task<HttpResponseMessage> asked;
        await using (await Held("org.facilities"))
        {
            asked = api.Acme.Get("/api/v1/governance/export");
            var cut = await api.Acme.Get("/api/v1/facilities"); // Which asks for the same, and is given up.
            Assert.Equal("request.too-long", await cut.Problem(503));
        }

        var answer = await asked;
        using var zip = new System.IO.Compression.ZipArchive(await answer.Content.ReadAsStreamAsync(Ct));
        Assert.NotNull(zip.GetEntry("manifest.json"));
    }

    [Fact]
    public void Whatever_takes_a_body_of_any_size_or_hands_out_a_file_takes_its_time()
    {
        var endpoints = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        var unlimited = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<DisableRequestSizeLimitAttribute>() is not null || endpoint.Metadata.GetMetadata<RequestSizeLimitAttribute>() is not null).ToList();

        Assert.True(unlimited.Count >= 6);
        Assert.Empty(unlimited.Where(endpoint => endpoint.Metadata.GetMetadata<TakesItsTime>() is null).Select(endpoint => endpoint.RoutePattern.RawText));
        string[] files = ["ExportTenant", "FetchExport", "ExportAudit", "GetEvidence", "GetRejectedCsv"];
        Assert.Equal(files.Length, endpoints.Count(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is { } name && files.Contains(name.EndpointName) && endpoint.Metadata.GetMetadata<TakesItsTime>() is not null));
    }

    // Nobody reads the table until it is let go.
    private async Task<IAsyncDisposable> Held(string table)
    {
        var connection = await api.Database.Admin.OpenConnectionAsync(Ct);
        await using var command = connection.CreateCommand();
        command.CommandText = $"begin; lock table {table} in access exclusive mode";
        await command.ExecuteNonQueryAsync(Ct);
        return new Holding(connection);
    }

    private sealed class Holding(Npgsql.NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (var command = connection.CreateCommand())
            {
                command.CommandText = "rollback";
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }

            await connection.DisposeAsync();
        }
    }
}
