using Microsoft.AspNetCore.Http;

namespace OffGridFlow.Organizations.Sessions;

/// <summary>On a request: its session has another secret from now on, which the answer brings to the browser.</summary>
public sealed record RenewedSession(PersonSecret Secret)
{
    /// <summary>Says so, where there is one.</summary>
    internal static void Tell(HttpContext context, Result<PersonSecret?> renewed) => Tell(context, renewed.TryValue(out var secret, out _) ? secret : null);

    /// <summary>As above.</summary>
    internal static void Tell(HttpContext context, PersonSecret? secret)
    {
        if (secret is not null)
        {
            context.Features.Set(new RenewedSession(secret));
        }
    }
}
