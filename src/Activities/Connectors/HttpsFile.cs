using System.Net.Http.Headers;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Platform.Outbound;

namespace OffGridFlow.Activities.Connectors;

/// <summary>
/// Asks for a file that is kept somewhere else. Every address, the first and each redirect's, goes through <see cref="OutboundHttp"/>: checked before, and again at the
/// connection. The secret header goes to the origin it was given for and to no other; once a redirect has led elsewhere, it is sent nowhere any more.
/// </summary>
internal sealed class HttpsFile(OutboundHttp outbound, TimeProvider time)
{
    private const int MostRedirects = 5;
    private const int LongestTag = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What is asked for.</summary>
    /// <param name="Url">Checked by who asks (<see cref="Check"/>).</param>
    /// <param name="HeaderName">Of the secret header, or null.</param>
    /// <param name="HeaderValue">The secret.</param>
    /// <param name="Tag">ETag of the file there is already.</param>
    /// <param name="LastModified">Of the file there is already.</param>
    internal sealed record Asking(string Url, string? HeaderName = null, string? HeaderValue = null, string? Tag = null, string? LastModified = null)
    {
        // A record would print its members.
        public override string ToString() => nameof(Asking);
    }

    /// <summary>A file that is coming, or the word that it has not changed.</summary>
    internal sealed class Answer(HttpResponseMessage message, ArrivingStream body, Uri from) : IDisposable
    {
        public int Status => (int)message.StatusCode;

        public bool IsUnchanged => Status == 304;

        public ArrivingStream Body => body;

        /// <summary>Of the body, as the sender says.</summary>
        public long? Length => message.Content.Headers.ContentLength;

        public string ContentType => message.Content.Headers.ContentType?.MediaType ?? "application/octet-stream";

        /// <summary>As the sender calls it, else as the address ends.</summary>
        public string FileName
        {
            get
            {
                var said = message.Content.Headers.ContentDisposition;
                return PostImport.FileName((said?.FileNameStar ?? said?.FileName)?.Trim('"') is { Length: > 0 } name ? name : Uri.UnescapeDataString(from.AbsolutePath));
            }
        }

        public string? Tag => Kept(message.Headers.NonValidated.TryGetValues("ETag", out var tag) ? tag.ToString() : null);

        public string? LastModified => Kept(message.Content.Headers.NonValidated.TryGetValues("Last-Modified", out var at) ? at.ToString() : null);

        public void Dispose()
        {
            body.Dispose();
            message.Dispose();
        }

        private static string? Kept(string? header) => header is { Length: > 0 and <= LongestTag } && header.All(char.IsAscii) ? header : null;
    }

    /// <summary>What is wrong with an address by the rules of now: the operator may have made them stricter since it was set. Told without the rest of it.</summary>
    public SourceFailure? Check(string url) => SourceForm.CheckUrl(outbound, url) is not { } wrong ? null
        : new SourceFailure(wrong.Code == "source.url" ? wrong with { Found = "an address that may not be asked any more" } : wrong, null, IsTransient: false);

    public async Task<(Answer? Answer, SourceFailure? Failure)> Get(Asking asking, CancellationToken ct)
    {
        var first = new Uri(asking.Url);
        var (at, isHome) = (first, true);
        for (var redirects = 0; ; redirects++)
        {
            HttpResponseMessage message;
            try
            {
                message = await Send(at, asking, isHome, ct);
            }
            catch (HttpRequestException failed) when (failed.InnerException is RefusedAddressException refused)
            {
                return (null, new SourceFailure(refused.Problem, null, IsTransient: false));
            }
            catch (HttpRequestException failed)
            {
                return (null, SourceFailure.Unreachable(at.Host, failed.InnerException is System.Security.Authentication.AuthenticationException tls ? tls.Message : failed.Message));
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return (null, SourceFailure.Unreachable(at.Host, "no answer in time"));
            }

            var status = (int)message.StatusCode;
            if (status is 200 || (status is 304 && (asking.Tag ?? asking.LastModified) is not null))
            {
                return (new Answer(message, new ArrivingStream(await message.Content.ReadAsStreamAsync(ct), message.Content.Headers.ContentLength, time), at), null);
            }

            using (message)
            {
                if (status is not (301 or 302 or 303 or 307 or 308))
                {
                    return (null, SourceFailure.Answered(status, at.Host, RetryAfter(message.Headers.RetryAfter)));
                }

                if (redirects == MostRedirects || message.Headers.Location is not { } location || !Uri.TryCreate(at, location, out var next))
                {
                    return (null, SourceFailure.Redirected(redirects == MostRedirects ? "one redirect after the other" : "a redirect to nowhere", status));
                }

                if (outbound.Check("source.redirect", "url", next.AbsoluteUri) is { } wrong)
                {
                    return (null, wrong.Code == "source.redirect" ? SourceFailure.Redirected($"a redirect to {next.Scheme}://{next.Host}", status) : new SourceFailure(wrong, status, IsTransient: false));
                }

                (at, isHome) = (next, isHome && IsSameOrigin(first, next));
            }
        }
    }

    private async Task<HttpResponseMessage> Send(Uri at, Asking asking, bool isHome, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, at);
        request.Headers.TryAddWithoutValidation("User-Agent", "OffGridFlow-Sources");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (asking.Tag is { } tag)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }

        if (asking.LastModified is { } date)
        {
            request.Headers.TryAddWithoutValidation("If-Modified-Since", date);
        }

        if (isHome && asking is { HeaderName: { } name, HeaderValue: { } value })
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        return await outbound.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
    }

    private static bool IsSameOrigin(Uri one, Uri other) => one.Scheme == other.Scheme && one.IdnHost == other.IdnHost && one.Port == other.Port;

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? said) =>
        said?.Delta ?? (said?.Date is { } date && date - time.GetUtcNow() is var wait ? wait > TimeSpan.Zero ? wait : TimeSpan.Zero : null);
}
