using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Messaging;

/// <summary>A job in a worker's hands.</summary>
internal sealed class LeasedJob(
    JobLeases leases, TenantId tenant, Guid jobId, string name, JsonElement arguments, JsonElement? cursor, int attempt, int failures) : JobRun
{
    private JsonElement? cursor = cursor;
    private int failed = failures;

    public override Guid JobId => jobId;

    public override Caller Caller { get; } = Caller.System(tenant, $"job:{jobId}");

    public override JsonElement Arguments => arguments;

    public override JsonElement? Cursor => cursor;

    internal string Name => name;

    internal int Attempt => attempt;

    public override int Failures => failed;

    public override async Task Save(Session session, object cursor, long done, long? total)
    {
        var json = JsonSerializer.Serialize(cursor, Json.Options);
        await leases.Save(this, session, json, done, total);
        this.cursor = JsonElement.Parse(json);
        failed = 0;
    }
}
