using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Imports;

/// <summary>Receives a file over HTTP without holding it in memory: as multipart, as the raw body, or as an upload that is complete.</summary>
internal static class PostImport
{
    public static void Map(IEndpointRouteBuilder imports) => imports.MapPost("/", Post)
        .WithMetadata(new DisableRequestSizeLimitAttribute()).TakingItsTime()
        .WithName("CreateImport")
        .WithSummary("Import a file: multipart/form-data with a part 'file' (and 'options', 'template_id', 'corrects'), or the raw bytes with ?file_name=, or ?upload_id= of a complete upload.")
        .Accepts<IFormFile>("multipart/form-data", "application/octet-stream", "text/csv")
        .Produces<StartImport.Response>(StatusCodes.Status202Accepted).WithinFacilities();

    private static async Task<IResult> Post(
        HttpRequest request, Caller caller, Database database, FileStore files, ReferenceData data, TimeProvider time, CancellationToken ct,
        string? file_name, Guid? template_id, string? options, Guid? upload_id, Guid? corrects)
    {
        var sent = upload_id is { } upload
            ? await Uploads.Take(caller, database, files, upload, time, ct)
            : await Received(request, caller, files, file_name, ct);
        if (!sent.TryValue(out var received, out var problem)
            || !StartImport.ReadOptions(received.Options ?? options).TryValue(out var read, out problem))
        {
            return new ProblemResponse(problem);
        }

        var wanted = new StartImport.Request(received.File, received.Name, received.ContentType, read, received.TemplateId ?? template_id, received.Corrects ?? corrects);
        return (await database.Write(caller, session => StartImport.Handle(wanted, session, data, time), ct)).ToAccepted(started => $"/api/v1/imports/{started.ImportId}");
    }

    /// <summary>A file that has arrived.</summary>
    internal sealed record Arrived(StoredFile File, string Name, string ContentType, string? Options = null, Guid? TemplateId = null, Guid? Corrects = null);

    /// <summary>Reads the body to its end into the file store.</summary>
    /// <param name="request">Multipart or raw.</param>
    /// <param name="caller">Whose file.</param>
    /// <param name="files">Where to.</param>
    /// <param name="name">Of a raw body.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="limit">Bytes; null: what the store takes.</param>
    internal static async Task<Result<Arrived>> Received(
        HttpRequest request, Caller caller, FileStore files, string? name, CancellationToken ct, long? limit = null)
    {
        var most = limit ?? files.MostBytes;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return await files.Put(caller.Tenant, request.Body, most, ct) is not { } raw ? TooLarge(most)
                : raw.Size == 0 ? Nothing()
                : new Arrived(raw, FileName(name), request.ContentType ?? "application/octet-stream");
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 200)
        {
            return Nothing();
        }

        StoredFile? file = null;
        var (fileName, fileType, options, template, corrects) = ("", "application/octet-stream", (string?)null, (Guid?)null, (Guid?)null);
        var parts = new MultipartReader(boundary, request.Body);
        try
        {
            while (await parts.ReadNextSectionAsync(ct) is { } part)
            {
                var disposition = part.GetContentDispositionHeader();
                switch (disposition?.Name.Value?.Trim('"'))
                {
                    case "file" when file is null:
                        (fileName, fileType) = (FileName((disposition.FileNameStar.Value ?? disposition.FileName.Value)?.Trim('"')), part.ContentType ?? fileType);
                        if ((file = await files.Put(caller.Tenant, part.Body, most, ct)) is null)
                        {
                            return TooLarge(most);
                        }

                        break;
                    case "options":
                        options = await Text(part.Body, ct);
                        break;
                    case "template_id":
                        template = await Id(part.Body, ct);
                        break;
                    case "corrects":
                        corrects = await Id(part.Body, ct);
                        break;
                    case var other:
                        return new Problem("form.part", "body", other ?? "a part without a name", "parts file, options, template_id and corrects, one file", "Correct the form.");
                }
            }
        }
        catch (Exception broken) when (broken is (InvalidDataException or IOException) and not BadHttpRequestException && !FileStore.IsFull(broken))
        {
            return new Problem("form.unreadable", "body", broken.Message, "multipart/form-data to its closing boundary", "Send the form again.");
        }

        return file is null || file.Size == 0 ? Nothing() : new Arrived(file, fileName, fileType, options, template, corrects);
    }

    // A name, no path: what a browser sends is shown to people, and never opened.
    internal static string FileName(string? name)
    {
        var last = (name ?? "").Split('/', '\\')[^1].Replace("\0", "", StringComparison.Ordinal).Trim();
        return last.Length is > 0 and <= 255 ? last : last.Length > 255 ? last[^255..] : "file";
    }

    // What is no id is the id of nothing.
    private static async Task<Guid> Id(Stream body, CancellationToken ct) => Guid.TryParse((await Text(body, ct)).Trim(), out var id) ? id : Guid.Empty;

    private static async Task<string> Text(Stream body, CancellationToken ct)
    {
        using var reader = new StreamReader(body);
        var buffer = new char[64 * 1024];
        return new string(buffer, 0, await reader.ReadBlockAsync(buffer, ct));
    }

    internal static Problem TooLarge(long most) =>
        new("file.too-large", "file", "more bytes", $"at most {most} bytes", "Split the file.") { Kind = ProblemKind.TooLarge };

    private static Problem Nothing() => new("file.missing", "file", "no bytes", "a file as the part 'file' of a form, or as the body", "Send the file.");
}
