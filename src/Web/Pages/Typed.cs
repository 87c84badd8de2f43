namespace OffGridFlow.Web.Pages;

/// <summary>What somebody typed into a form that was refused: it stands there again, so that only what is wrong is written anew. Never a password.</summary>
internal static class Typed
{
    /// <param name="context">The request that is answered.</param>
    /// <param name="action">Where the form goes: a page may have several with fields of one name.</param>
    /// <param name="field">Of the form.</param>
    public static string? In(HttpContext? context, string action, string field) =>
        context?.Request is { HasFormContentType: true } request && request.Path == action && request.Form.TryGetValue(field, out var text) ? text.ToString() : null;
}
