using Npgsql;

namespace OffGridFlow.Web.Host;

/// <summary>Whether the server lives, and whether it can do its work.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/health").AllowAnonymous().ExcludeFromDescription();
        health.MapGet("/live", () => TypedResults.Json(new State("live", null, null)));
        health.MapGet("/ready", Ready);
    }

    // Ready: the database answers and the product's data are loaded. Until then a load balancer sends requests elsewhere.
    private static async Task<IResult> Ready(HostSettings settings, Product product, CancellationToken ct)
    {
        var database = await Answers(settings, ct);
        var status = database && product.IsLoaded ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return TypedResults.Json(
            new State(status == StatusCodes.Status200OK ? "ready" : "not ready", database ? "ready" : "away", product.IsLoaded ? "ready" : "loading"), statusCode: status);
    }

    private static async Task<bool> Answers(HostSettings settings, CancellationToken ct)
    {
        try
        {
            await using var command = settings.Database.Source.CreateCommand("select 1");
            return await command.ExecuteScalarAsync(ct) is 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private sealed record State(string Status, string? Database, string? ReferenceData);
}

/// <summary>What is worth compressing.</summary>
internal static class ResponseMediaTypes
{
    public static readonly string[] Compressed =
    [
        "application/json", "application/problem+json", "application/x-ndjson", "text/html", "text/css", "text/csv", "text/plain", "text/javascript", "application/javascript", "image/svg+xml",
    ];
}
