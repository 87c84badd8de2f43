using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>
/// Sends a link to choose another password. Whether the address has an account is looked up by a job: the request does the same for every address, in
/// the same time, and its answer says nothing.
/// </summary>
public sealed class ForgotPassword(Database database, SendLetter letters, PublicAddress address, Seals seals, TimeProvider clock) : IJobHandler
{
    public const string JobName = "forgot-password";

    /// <summary>Where the link leads.</summary>
    public const string Page = "/choose-password";

    private const int MostInAnHour = 3;

    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(1);

    public string Name => JobName;

    /// <param name="Email">As it was given when the account was made.</param>
    internal sealed record Request(string? Email = null);

    // Who asked, for the trail of whose account it is.
    private sealed record Asked(string Email, string RequestId, string? Address = null, string? UserAgent = null);

    internal static void Map(IEndpointRouteBuilder auth) => auth.MapPost("/password/forgot", async (Request request, HttpContext context, ForgotPassword forgot, CancellationToken ct) =>
            (await forgot.Handle(request.Email, AuthEndpoints.Stranger(context), ct)).ToNoContent())
        .WithName("ForgotPassword").WithSummary("Have a link sent to choose another password. The answer is the same for every address.").Produces(StatusCodes.Status204NoContent).AllowAnonymous().LimitedStrictly();

    /// <param name="by">Where the request came from; its tenant is none.</param>
    internal async Task<Result<int>> Handle(string? email, Caller by, CancellationToken ct) => EmailAddress.Read(email) is not { } known
        ? EmailAddress.Unreadable(email)
        : await database.Write<int>(
            by,
            async session =>
            {
                // Nobody reads in the queue who was asked for: there is an address of somebody without an account among them, too.
                var closed = Convert.ToBase64String(await seals.Seal(session, JobName, JsonSerializer.SerializeToUtf8Bytes(new Asked(known.Text, by.RequestId, by.Address, by.UserAgent), Json.Options)));
                var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(known.Key)))[..16];
                await JobQueue.Enqueue(session, new NewJob(JobType.Notification, JobName, new { @for = closed, link = address.Link(Page) }) { Key = $"{JobName}:{name}", Priority = 10 });
                return 1;
            },
            ct);

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var box = Convert.FromBase64String(job.Arguments.GetProperty("for").GetString()!);
        var asked = JsonSerializer.Deserialize<Asked>(await database.Read(job.Caller, session => seals.Open(session, JobName, box), ct), Json.Options)!;
        var link = job.Arguments.GetProperty("link").GetString()!;
        if (await User.IdOf(EmailAddress.Read(asked.Email)!, database, ct) is not { } id)
        {
            return;
        }

        await database.Write<int>(
            Caller.Person(id, asked.RequestId, asked.Address, asked.UserAgent),
            async session =>
            {
                var now = clock.GetUtcNow();
                var sent = await session.First<long>("select count(*) from people.one_time_tokens where purpose = @purpose and created_at > @since", new { purpose = OneTimeTokens.ResetPassword, since = now.AddHours(-1) });
                if (await User.Find(id, session, forUpdate: true) is not { Status: "active" } user || sent >= MostInAnHour)
                {
                    return 0;
                }

                var token = await OneTimeTokens.Issue(id, OneTimeTokens.ResetPassword, new { }, GoodFor, session, now);
                await User.Record(session, "password.reset_asked", new { });
                await letters.Post(session, Letters.Write(
                    user.Email,
                    "Choose a new password for OffGridFlow",
                    [$"{user.Name}, somebody, most likely you, asked for a new password."],
                    ("Choose a password", $"{link}?token={token.Text}"),
                    "The link is good once, for an hour. If it was not you, leave it: your password stays as it is."));
                return 1;
            },
            ct);
    }
}
