using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Files;

/// <summary>A stored file as an answer, or the one range of it that the request asks for; never shown in the browser, since a file from outside must not run under our name.</summary>
/// <param name="files">The store.</param>
/// <param name="tenant">Whose.</param>
/// <param name="sha256">Its name in the store; also its ETag.</param>
/// <param name="size">In bytes.</param>
/// <param name="type">Media type.</param>
/// <param name="name">As its owner calls it.</param>
public sealed class FileAnswer(FileStore files, TenantId tenant, byte[] sha256, long size, string type, string name) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (asked, response, ct) = (httpContext.Request.GetTypedHeaders(), httpContext.Response, httpContext.RequestAborted);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(sha256)}\"");
        var (from, count) = Wanted(asked, tag) is { } range ? range : (0, size);
        await using var content = await files.Open(tenant, sha256, from, count, ct);
        var told = response.GetTypedHeaders();
        (told.ETag, told.ContentType, told.ContentLength) = (tag, new MediaTypeHeaderValue(type), count);
        told.ContentDisposition = new ContentDispositionHeaderValue("attachment");
        told.ContentDisposition.SetHttpFileName(name);
        response.Headers.AcceptRanges = "bytes";
        if (count < size)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            told.ContentRange = new ContentRangeHeaderValue(from, from + count - 1, size);
        }

        await content.CopyToAsync(response.Body, ct);
    }

    // What cannot be satisfied is passed over, as RFC 9110 allows: the answer is the whole.
    private (long From, long Count)? Wanted(RequestHeaders asked, EntityTagHeaderValue tag)
    {
        if (asked.Range is not { Unit.Value: "bytes", Ranges: { Count: 1 } ranges } || (asked.IfRange is { } known && !tag.Equals(known.EntityTag)))
        {
            return null;
        }

        var range = ranges.First();
        var from = range.From ?? Math.Max(0, size - (range.To ?? 0));
        var to = range.From is null ? size - 1 : Math.Min(range.To ?? (size - 1), size - 1);
        return from < size && from <= to ? (from, to - from + 1) : null;
    }
}
