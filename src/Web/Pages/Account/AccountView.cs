using OffGridFlow.Organizations.Passkeys;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Account;

/// <summary>What the page of one's own account shows.</summary>
public sealed record AccountView(
    string Email, string Name, Guid? TenantId, IReadOnlyList<OwnTenant> Tenants, IReadOnlyList<string> SecondFactors, IReadOnlyList<UserSession> Sessions, Guid? Current, string? Organization)
{
    /// <summary>A passkey as its owner tells it from others.</summary>
    /// <param name="Id">In base64url.</param>
    public sealed record Passkey(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

    public IReadOnlyList<Passkey> Passkeys { get; init; } = [];

    /// <summary>Recovery codes that were not used yet.</summary>
    public int CodesLeft { get; init; }

    public bool HasTotp => SecondFactors.Contains("totp", StringComparer.Ordinal);

    internal static async Task<AccountView> Read(HttpContext context, Caller caller, Database database, TimeProvider clock, CancellationToken ct)
    {
        var account = (await ShowAccount.Read(caller, isConfined: false, database, ct)).Value;
        var (sessions, passkeys, left) = await database.Read(
            OwnSessions.Person(caller), async session => (await UserSessions.All(session, clock.GetUtcNow()), await AddPasskey.All(session), await RenewRecoveryCodes.Left(session)), ct);
        return new AccountView(
            account.Email, account.Name, account.TenantId, account.Tenants, account.SecondFactors, sessions, context.Features.Get<SessionHolder>()?.SessionId, account.Tenants.FirstOrDefault(tenant => tenant.TenantId == account.TenantId)?.Name)
        {
            CodesLeft = left,
            Passkeys = [.. passkeys.Select(passkey => new Passkey(passkey.PasskeyId, passkey.Name, passkey.CreatedAt, passkey.LastUsedAt))],
        };
    }

    /// <summary>A device as people know it: its browser and its system, from what it calls itself.</summary>
    public static string Device(UserSession session) => session.UserAgent is not { } agent ? "A program"
        : (Named(agent, ("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")),
            Named(agent, ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))) switch
        {
            ({ } browser, { } system) => $"{browser} on {system}",
            ({ } browser, null) => browser,
            _ => session.Carrier == UserSessions.InBrowser ? "A browser" : "A program",
        };

    private static string? Named(string agent, params ReadOnlySpan<(string Mark, string Name)> known)
    {
        foreach (var (mark, name) in known)
        {
            if (agent.Contains(mark, StringComparison.Ordinal))
            {
                return name;
            }
        }

        return null;
    }
}
