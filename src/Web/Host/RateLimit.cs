using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OffGridFlow.Organizations.Billing;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Limits;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Host;

/// <summary>What a plan allows a tenant, as a share of the server's setting.</summary>
internal static class Plans
{
    private static readonly Dictionary<string, double> Shares = new(StringComparer.Ordinal) { ["free"] = 0.25, ["standard"] = 1, ["enterprise"] = 4 };

    /// <summary>All of them, the smallest first.</summary>
    public static IReadOnlyDictionary<string, double> All => Shares;

    /// <summary>The most that any plan allows.</summary>
    public static double Most { get; } = Shares.Values.Max();

    public static double ShareOf(string plan) => Shares.GetValueOrDefault(plan, 1);
}

/// <summary>
/// Keeps one from taking the server for itself: a bucket each for the tenant (by its plan), for the person or key, and for the address; a small one for each address where
/// secrets can be guessed. 429 when one of them is empty; the headers tell of the one that is nearest to it.
/// </summary>
internal sealed class RateLimit(RequestDelegate next, Allowance allowance, TenantNames tenants, HostSettings settings)
{
    private const int SecondsSaved = 10;

    /// <summary>None of a tenant's persons and keys uses it all up.</summary>
    public const double ShareOfOne = 0.5;

    /// <summary>Requests a second in the long run.</summary>
    public static double PerSecond(HostSettings settings, double share) => Math.Max(0.1, settings.RequestsPerSecond * share);

    /// <summary>Requests that can be saved up.</summary>
    public static int AtOnce(HostSettings settings, double share) => Math.Max(1, (int)(settings.RequestsPerSecond * share * SecondsSaved));

    /// <summary>What a plan allows, as those on it read it.</summary>
    public static TenantPlan LimitsOf(string plan, HostSettings settings)
    {
        var share = Plans.ShareOf(plan);
        return new TenantPlan(plan, (decimal)PerSecond(settings, share), AtOnce(settings, share), (decimal)PerSecond(settings, share * ShareOfOne));
    }

    public async Task Invoke(HttpContext context)
    {
        var isStrict = context.GetEndpoint()?.Metadata.GetMetadata<StrictlyLimited>() is not null && !HttpMethods.IsGet(context.Request.Method);
        if (!isStrict && !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && context.GetEndpoint()?.Metadata.GetMetadata<NeededPermission>() is null)
        {
            await next(context);
            return;
        }

        var taken = await allowance.Take(await Buckets(context, isStrict), context.RequestAborted);
        var headers = context.Response.Headers;
        headers["RateLimit-Limit"] = Whole(taken.Bucket.Most);
        headers["RateLimit-Remaining"] = Whole(taken.Left);
        headers["RateLimit-Reset"] = Whole(taken.UntilFull.TotalSeconds);
        if (taken.IsAllowed)
        {
            await next(context);
            return;
        }

        headers.RetryAfter = Whole(Math.Max(1, taken.Wait.TotalSeconds));
        await Failures.Answer(context, Exceeded(taken));
    }

    internal static Problem Exceeded(Taken taken) => new(
        "rate.exceeded",
        "RateLimit-Limit",
        "more requests than allowed",
        string.Create(CultureInfo.InvariantCulture, $"at most {taken.Bucket.PerSecond:0.###} a second, {taken.Bucket.Most} at once"),
        "Wait as long as Retry-After says.") { Kind = ProblemKind.TooMany };

    private async ValueTask<IReadOnlyList<Bucket>> Buckets(HttpContext context, bool isStrict)
    {
        var address = Place(context.Connection.RemoteIpAddress);
        if (isStrict)
        {
            return [new Bucket("sign-in " + address, settings.SignIns.PerAddress / 60.0, settings.SignIns.PerAddress)];
        }

        if (context.Features.Get<Caller>() is not { } caller)
        {
            return [Of("stranger " + address, 1)];
        }

        // An address holds as much as the largest plan: many tenants may come from behind one.
        var person = Of(caller.Actor, ShareOfOne * Plans.Most);
        if (caller.Tenant == TenantId.None)
        {
            return [person, Of("address " + address, Plans.Most)];
        }

        var share = Plans.ShareOf(await tenants.PlanOf(caller.Tenant, context.RequestAborted));
        return [Of($"tenant {caller.Tenant}", share), Of($"{caller.Tenant} {caller.Actor}", share * ShareOfOne), Of("address " + address, Plans.Most)];
    }

    private Bucket Of(string name, double share) => new(name, PerSecond(settings, share), AtOnce(settings, share));

    // Somebody with IPv6 has a network of 64 bits for themselves.
    private static string Place(IPAddress? address)
    {
        if (address is null)
        {
            return "nowhere";
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexStringLower(plain.GetAddressBytes().AsSpan(0, 8)) : plain.ToString();
    }

    private static string Whole(double number) => ((long)Math.Ceiling(number)).ToString(CultureInfo.InvariantCulture);
}
