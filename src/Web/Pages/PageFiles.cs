using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.FileProviders;

namespace OffGridFlow.Web.Pages;

/// <summary>The files of wwwroot, which lies beside the program. Their addresses carry their content's hash, so that a browser may keep them for good.</summary>
public sealed class PageFiles : IDisposable
{
    private readonly PhysicalFileProvider files = new(Path.Combine(AppContext.BaseDirectory, "wwwroot"));
    private readonly ConcurrentDictionary<string, string> urls = new(StringComparer.Ordinal);

    /// <summary>Where the browser finds it: <c>/site.css?v=1f3a…</c>.</summary>
    /// <exception cref="FileNotFoundException">The build did not put it there.</exception>
    public string Url(string path) => urls.GetOrAdd(path, wanted =>
    {
        using var content = files.GetFileInfo(wanted).CreateReadStream();
        return $"/{wanted}?v={Convert.ToHexStringLower(SHA256.HashData(content))[..12]}";
    });

    internal void Serve(WebApplication app) => app.UseStaticFiles(new StaticFileOptions
    {
        FileProvider = files,
        OnPrepareResponse = response => response.Context.Response.Headers.CacheControl =
            response.Context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache",
    });

    public void Dispose() => files.Dispose();
}
