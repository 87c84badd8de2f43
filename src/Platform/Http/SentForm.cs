using Microsoft.AspNetCore.Http;
using OffGridFlow.Platform.Files;

namespace OffGridFlow.Platform.Http;

/// <summary>Reads what a page's form sends. Whatever else is sent is refused as such, and is no fault of ours.</summary>
public static class SentForm
{
    /// <summary>The fields; none where nothing was sent.</summary>
    /// <exception cref="BadRequestException">The body is no form (<c>body.media-type</c>), or one that cannot be read (<c>body.unreadable</c>).</exception>
    public static async Task<IFormCollection> Form(this HttpContext context, CancellationToken ct)
    {
        var request = context.Request;
        if (!request.HasFormContentType)
        {
            return request is { ContentType: null, ContentLength: null or 0 } ? FormCollection.Empty
                : throw new BadRequestException(new Problem(
                    "body.media-type", "Content-Type", request.ContentType ?? "", "application/x-www-form-urlencoded or multipart/form-data", "Send a form, and say so in Content-Type.") { Kind = ProblemKind.UnsupportedMedia });
        }

        try
        {
#pragma warning disable RS0030 // The one place that may.
            return await request.ReadFormAsync(ct);
#pragma warning restore RS0030
        }
        catch (Exception broken) when (broken is InvalidDataException or ArgumentException || (broken is IOException and not BadHttpRequestException && !FileStore.IsFull(broken)))
        {
            throw new BadRequestException(new Problem("body.unreadable", "body", "a form that cannot be read", "a form as our pages send it, without U+0000", "Correct the form."));
        }
    }
}
