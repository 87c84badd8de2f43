using System.Data;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Governance;

/// <summary>The hashes of the raw files a tenant's rows refer to. Files are the activities' own: the program, which knows both, hands it in.</summary>
public sealed class TenantFiles(Func<Session, Task<IReadOnlyList<byte[]>>> all)
{
    internal Task<IReadOnlyList<byte[]>> All(Session session) => all(session);
}

/// <summary>
/// Everything of a tenant in one zip, as it was at one moment: each table as lines of JSON, which <see cref="ImportTenant"/> reads, and as CSV for people; its
/// members; its raw files by their hashes; and a manifest of every part's hash. It is written as it is read: its size costs no memory.
/// </summary>
internal sealed class ExportTenant(Database database, FileStore files, TenantFiles named, TimeProvider clock)
{
    public const string MediaType = "application/zip";

    public static void Map(IEndpointRouteBuilder governance) => governance.MapGet("/export", Get).Needing(Permission.DataExport).TakingItsTime()
        .WithName("ExportTenant").WithSummary("Take out everything of your organisation as a zip, streamed as it is read.").Produces<byte[]>(StatusCodes.Status200OK, MediaType);

    /// <param name="Bytes">Of all parts, unpacked.</param>
    public sealed record Summary(int Parts, long Rows, long Bytes);

    private static async Task Get(HttpContext context, Caller caller, ExportTenant export, TimeProvider clock, CancellationToken ct)
    {
        context.Response.ContentType = MediaType;
        context.Response.Headers.ContentDisposition = string.Create(
            CultureInfo.InvariantCulture, $"attachment; filename=\"offgridflow-export-{clock.GetUtcNow():yyyy-MM-dd}.zip\"");
        await export.Hand(content => content.CopyToAsync(context.Response.Body, ct), caller, ct);
    }

    /// <summary>Has the zip written while it is taken: no faster than it is, and none of it is held.</summary>
    /// <param name="take">Reads the zip to its end.</param>
    public async Task<Summary> Hand(Func<Stream, Task> take, Caller caller, CancellationToken ct)
    {
        // Between the two a pipe: the archive ends its parts with a few bytes in a synchronous write, which a response does not take.
        var pipe = new Pipe();
        var writing = Task.Run(() => Fill(pipe.Writer, caller, ct), CancellationToken.None);
        try
        {
            await take(pipe.Reader.AsStream(leaveOpen: true));
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
        }

        return await writing;
    }

    private async Task<Summary> Fill(PipeWriter writer, Caller caller, CancellationToken ct)
    {
        try
        {
            Summary summary;
            await using (var output = writer.AsStream(leaveOpen: true))
            {
                summary = await Write(output, caller, ct);
            }

            await writer.CompleteAsync();
            return summary;
        }
        catch (Exception failed)
        {
            await writer.CompleteAsync(failed);
            throw;
        }
    }

    /// <summary>Writes the zip. That it was taken out is on the trail before its first byte is.</summary>
    public async Task<Summary> Write(Stream output, Caller caller, CancellationToken ct)
    {
        await AuditChain.CatchUp(caller.Tenant, database, ct);
        await using var session = await database.Open(caller, IsolationLevel.RepeatableRead, ct);
        await session.Execute("select set_config('TimeZone', 'UTC', true), set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true)");
        var tables = await TenantTables.All(session);
        var tenant = await OrganizationQueries.Tenant(session);
        var at = clock.GetUtcNow();
        await database.Write<int>(
            caller,
            async told =>
            {
                await Trail.Record(told, "data.exported", new { exported_at = at });
                return 1;
            },
            ct);

        await using var zip = await TenantZip.Begin(output, at, ct);
        await Persons(zip, session, ct);
        foreach (var table in tables)
        {
            using (var lines = await session.Connection.BeginTextExportAsync(TenantTables.ToJson(table), ct))
            {
                await zip.AddText($"data/{table.Name}.ndjson", lines, heads: 0, ct);
            }

            using var csv = await session.Connection.BeginTextExportAsync(TenantTables.ToCsv(table), ct);
            await zip.AddText($"csv/{table.Name}.csv", csv, heads: 1, ct);
        }

        foreach (var sha256 in await named.All(session))
        {
            await using var content = await files.Open(caller.Tenant, sha256, 0, null, ct);
            await zip.AddFile($"files/{Convert.ToHexStringLower(sha256)}", content, ct);
        }

        await zip.Finish(
            new TenantManifest(
                TenantManifest.Kind, TenantManifest.Current, at, tenant.Id, tenant.Slug, tenant.Name, await Migrator.Last(session), TenantTables.Left, zip.Parts, await AuditHead(session),
                await session.First<string>("select org.own_region()")),
            ct);
        return new Summary(zip.Parts.Count, zip.Parts.Sum(part => part.Rows ?? 0), zip.Parts.Sum(part => part.Bytes));
    }

    private static async Task<TenantManifest.Head?> AuditHead(Session session) =>
        await TrailHead.Read(session) is { } head ? new TenantManifest.Head(head.No, head.Hash) : null;

    // Persons are not the tenant's: of its members it takes what it may see of them.
    private static async Task Persons(TenantZip zip, Session session, CancellationToken ct)
    {
        var lines = new StringBuilder();
        foreach (var person in await session.Query<TenantPerson>("select user_id, email, name, status, email_confirmed_at from people.for_export() order by user_id"))
        {
            lines.Append(JsonSerializer.Serialize(person, Json.Options)).Append('\n');
        }

        await zip.AddText($"data/{TenantPerson.Part}.ndjson", new StringReader(lines.ToString()), heads: 0, ct);
    }
}

/// <summary>A member as an export tells of them.</summary>
internal sealed class TenantPerson
{
    public const string Part = "people.members";

    public Guid UserId { get; init; }

    public string Email { get; init; } = "";

    public string Name { get; init; } = "";

    public string Status { get; init; } = "";

    public DateTimeOffset? EmailConfirmedAt { get; init; }
}
