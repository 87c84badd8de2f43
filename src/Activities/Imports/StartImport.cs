using System.Text.Json;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Imports;

/// <summary>Takes a stored file in as an import. A job reads it.</summary>
public static class StartImport
{
    /// <param name="File">As the store took it.</param>
    /// <param name="FileName">As its owner calls it.</param>
    /// <param name="ContentType">As its sender says.</param>
    /// <param name="Options">What its sender says about it.</param>
    /// <param name="TemplateId">Options that were saved before; those given here go before them.</param>
    /// <param name="Corrects">The import whose rejected rows these are, corrected: what its kinds were called is learned.</param>
    /// <param name="SourceId">The connected source it was fetched from; null: somebody sent it.</param>
    public sealed record Request(StoredFile File, string FileName, string ContentType, ImportOptions Options, Guid? TemplateId = null, Guid? Corrects = null, Guid? SourceId = null);

    /// <param name="ImportId">The import.</param>
    /// <param name="JobId">The job that reads it.</param>
    /// <param name="Sha256">Of the file.</param>
    /// <param name="SizeBytes">Of the file.</param>
    public sealed record Response(Guid ImportId, Guid JobId, string Sha256, long SizeBytes);

    /// <summary>Within a transaction of the tenant.</summary>
    public static async Task<Result<Response>> Handle(Request request, Session session, ReferenceData data, TimeProvider time)
    {
        var options = request.Options;
        if (request.TemplateId is { } template)
        {
            if (await ImportTemplates.Options(session, template) is not { } saved)
            {
                return Problem.NotFound("template", template.ToString());
            }

            options = saved.With(options);
        }

        if (options.Check(data) is { } problem)
        {
            return problem;
        }

        if (request.Corrects is { } corrected && await ImportRecord.Find(session, corrected) is null)
        {
            return Problem.NotFound("import", corrected.ToString());
        }

        await KeepFile(session, request.File, request.FileName, request.ContentType, time);
        var importId = Guid.CreateVersion7();
        await ImportRecord.Insert(
            session, importId, request.SourceId is null ? "file" : "connector", request.File.Sha256, request.FileName, request.TemplateId, options, time.GetUtcNow(), request.Corrects,
            session.Caller.FacilitiesFor(Permission.ImportsWrite), request.SourceId);
        var job = await JobQueue.Enqueue(session, new NewJob(JobType.Ingestion, ReadImport.JobName, new { import_id = importId }) { Key = $"{ReadImport.JobName}:{importId}" });
        return new Response(importId, job, Convert.ToHexStringLower(request.File.Sha256), request.File.Size);
    }

    /// <summary>Notes that the tenant has a file, once.</summary>
    internal static async Task KeepFile(Session session, StoredFile file, string name, string contentType, TimeProvider time)
    {
        await TidyFiles.Schedule(session, time);
        await session.Execute(
            """
            insert into activities.files (tenant_id, sha256, size_bytes, name, content_type, stored_at)
            values (@tenant, @Sha256, @Size, @name, @contentType, @now) on conflict (tenant_id, sha256) do nothing
            """,
            new { tenant = session.Tenant.Value, file.Sha256, file.Size, name, contentType, now = time.GetUtcNow() });
    }

    /// <summary>The options as JSON, or why they are none.</summary>
    internal static Result<ImportOptions> ReadOptions(string? json)
    {
        try
        {
            return string.IsNullOrWhiteSpace(json) ? new ImportOptions() : JsonSerializer.Deserialize<ImportOptions>(json, Json.Options) ?? new ImportOptions();
        }
        catch (JsonException wrong)
        {
            return new Problem("import.options", "options", wrong.Path ?? "text that is no JSON", "a JSON object with decimal, dates, columns, constants, start, end, region, facility, entity or unknown_places", "Correct the options.");
        }
    }
}
