namespace OffGridFlow.Web.Host;

/// <summary>Gives every request an id: the client's own where it sends a decent one.</summary>
internal sealed class RequestNames(RequestDelegate next)
{
    public const string Header = "X-Request-Id";

    private const int Longest = 64;

    public Task Invoke(HttpContext context)
    {
        var given = context.Request.Headers[Header].ToString();
        context.TraceIdentifier = IsDecent(given) ? given : Guid.CreateVersion7().ToString("N");
        context.Response.Headers[Header] = context.TraceIdentifier;
        return next(context);
    }

    private static bool IsDecent(string id) =>
        id.Length is >= 8 and <= Longest && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
