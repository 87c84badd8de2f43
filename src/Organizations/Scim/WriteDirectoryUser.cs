using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Invitations;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Scim;

/// <summary>The directory says who may come in, changes what it says, and takes it back (RFC 7644, 3.3, 3.5 and 3.6). Each counts from the next request on.</summary>
internal sealed class WriteDirectoryUser(MemberChanges changes, Invite invite, PublicAddress address)
{
    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapPost("/", async (HttpContext context, Caller caller, WriteDirectoryUser write, CancellationToken ct) =>
            (await write.Create(context, caller, ct)).Resource(context, ScimKinds.User, StatusCodes.Status201Created))
            .WithName("CreateScimUser").WithSummary("Let somebody in. They become a member by coming in themselves.").ProducesScim(StatusCodes.Status201Created).TakesScim(ScimExamples.User);
        users.MapPut("/{id}", async (string id, HttpContext context, Caller caller, WriteDirectoryUser write, CancellationToken ct) =>
            (await write.Change(id, context, caller, (_, body) => body, ct)).Resource(context, ScimKinds.User))
            .WithName("ReplaceScimUser").WithSummary("Replace what the directory says of somebody.").ProducesScim().TakesScim(ScimExamples.User);
        users.MapPatch("/{id}", async (string id, HttpContext context, Caller caller, WriteDirectoryUser write, CancellationToken ct) =>
            (await write.Change(id, context, caller, (there, body) => ScimPatch.Apply(ScimKinds.User, there, body), ct)).Resource(context, ScimKinds.User))
            .WithName("ChangeScimUser").WithSummary("Change what the directory says of somebody.").ProducesScim().TakesScim(ScimExamples.UserChange);
        users.MapDelete("/{id}", async (string id, HttpContext context, Caller caller, WriteDirectoryUser write, CancellationToken ct) => (await write.Delete(id, context, caller, ct)).ToNoContent())
            .WithName("DeleteScimUser").WithSummary("End somebody's membership. Their account, and what they are elsewhere, stays.").Produces(StatusCodes.Status204NoContent);
    }

    private async Task<Result<JsonObject>> Create(HttpContext context, Caller caller, CancellationToken ct)
    {
        if (!(await ScimMessages.Body(context, ct)).TryValue(out var body, out var problem) || !Read(body).TryValue(out var wanted, out problem))
        {
            return problem;
        }

        return await changes.Write(
            caller,
            async (session, now) =>
            {
                await DirectoryMembers.Meet(session, now);
                var id = Guid.CreateVersion7();
                if (await Taken(id, wanted, session) is { } taken)
                {
                    return taken;
                }

                await session.Execute(
                    """
                    insert into org.scim_users (tenant_id, scim_user_id, by_directory, user_name, user_name_key, email, email_key, external_id, is_active, attributes, created_at, updated_at)
                    values (@Tenant, @id, true, @UserName, @UserNameKey, @Email, @EmailKey, @ExternalId, @IsActive, @Attributes::jsonb, @now, @now)
                    """,
                    wanted.Parameters(session, id, now));
                return await Invited(wanted, session, now) is { } refused ? refused : await Shown(id, session);
            },
            ct);
    }

    private async Task<Result<JsonObject>> Change(string id, HttpContext context, Caller caller, Func<JsonObject, JsonObject, Result<JsonObject>> make, CancellationToken ct)
    {
        if (!(await ScimMessages.Body(context, ct)).TryValue(out var body, out var problem))
        {
            return problem;
        }

        return await changes.Write(
            caller,
            async (session, now) =>
            {
                await DirectoryMembers.Meet(session, now);
                if (!(await DirectoryUser.Find(id, session, forUpdate: true)).TryValue(out var there, out var wrong))
                {
                    return wrong;
                }

                if (ScimMessages.Stale(context, there.Version) is { } stale)
                {
                    return stale;
                }

                var before = there.Writable();
                if (!make(before, body).TryValue(out var made, out wrong) || !Read(made, there.IsActive).TryValue(out var wanted, out wrong))
                {
                    return wrong;
                }

                return await Write(there, before, wanted, session, now) is { } refused ? refused : await Shown(there.ScimUserId, session);
            },
            ct);
    }

    private async Task<Problem?> Write(DirectoryUser there, JsonObject before, Wanted wanted, Session session, DateTimeOffset now)
    {
        if (JsonNode.DeepEquals(before, wanted.Resource))
        {
            return null;
        }

        if (await Taken(there.ScimUserId, wanted, session) is { } taken)
        {
            return taken;
        }

        await session.Execute(
            """
            update org.scim_users set user_name = @UserName, user_name_key = @UserNameKey, email = @Email, email_key = @EmailKey, external_id = @ExternalId, is_active = @IsActive,
                attributes = @Attributes::jsonb, updated_at = @now, version = version + 1 where scim_user_id = @id
            """,
            wanted.Parameters(session, there.ScimUserId, now));
        if (there.UserId is { } member)
        {
            return wanted.IsActive == there.IsActive ? null : await DirectoryMembers.SetActive(member, wanted.IsActive, session, now);
        }

        if (wanted.IsActive && there.IsActive && wanted.Email.Key == there.EmailKey)
        {
            return null;
        }

        await Invite.TakeBack(there.EmailKey, session, now);
        return await Invited(wanted, session, now);
    }

    private async Task<Result<int>> Delete(string id, HttpContext context, Caller caller, CancellationToken ct) => await changes.Write<int>(
        caller,
        async (session, now) =>
        {
            await DirectoryMembers.Meet(session, now);
            if (!(await DirectoryUser.Find(id, session, forUpdate: true)).TryValue(out var there, out var problem))
            {
                return problem;
            }

            if ((ScimMessages.Stale(context, there.Version) ?? (there.UserId is { } member ? await DirectoryMembers.Remove(member, session, now) : null)) is { } refused)
            {
                return refused;
            }

            await Invite.TakeBack(there.EmailKey, session, now);
            await session.Execute(
                """
                update org.scim_groups set updated_at = @now, version = version + 1 where scim_group_id in (select scim_group_id from org.scim_group_members where scim_user_id = @ScimUserId);
                delete from org.scim_group_members where scim_user_id = @ScimUserId;
                """,
                new { there.ScimUserId, now });
            return await session.Execute("delete from org.scim_users where scim_user_id = @ScimUserId", new { there.ScimUserId });
        },
        ct);

    // Where a provider signs people in, no letter is needed.
    private async Task<Problem?> Invited(Wanted wanted, Session session, DateTimeOffset now) =>
        !wanted.IsActive || await session.First<bool>("select exists (select from org.providers where deleted_at is null)") ? null : await invite.ForDirectory(wanted.Email, session, now);

    private static async Task<Problem?> Taken(Guid id, Wanted wanted, Session session) =>
        await session.First<bool>("select exists (select from org.scim_users where scim_user_id <> @id and user_name_key = @key)", new { id, key = wanted.UserName.ToLowerInvariant() })
            ? ScimProblem.Uniqueness("userName", wanted.UserName)
            : await session.First<bool>("select exists (select from org.scim_users where scim_user_id <> @id and email_key = @Key)", new { id, wanted.Email.Key })
                ? ScimProblem.Uniqueness("emails", wanted.Email.Text)
                : null;

    private async Task<Result<JsonObject>> Shown(Guid id, Session session)
    {
        var made = (await DirectoryUser.Find(id.ToString(), session)).Value;
        return (await DirectoryUser.Resources([made], session, address))[0];
    }

    /// <summary>A user as the directory wants them.</summary>
    private sealed record Wanted(string UserName, EmailAddress Email, bool IsActive, JsonObject Resource)
    {
        public object Parameters(Session session, Guid id, DateTimeOffset now)
        {
            var rest = (JsonObject)Resource.DeepClone();
            foreach (var apart in new[] { "userName", "externalId", "active" })
            {
                rest.Remove(apart);
            }

            return new
            {
                Tenant = session.Tenant.Value, id, UserName, UserNameKey = UserName.ToLowerInvariant(), Email = Email.Text, EmailKey = Email.Key, ExternalId = ScimPatch.Text(Resource["externalId"]), IsActive,
                Attributes = rest.ToJsonString(), now,
            };
        }
    }

    // A PUT that leaves active out says nothing of it: nobody who was suspended comes back by an omission.
    private static Result<Wanted> Read(JsonObject sent, bool isActive = true)
    {
        if (!ScimResource.Read(ScimKinds.User, sent).TryValue(out var made, out var problem))
        {
            return problem;
        }

        if (ScimPatch.Text(made["userName"]) is not { } name || string.IsNullOrWhiteSpace(name) || name.Length > 300)
        {
            return ScimProblem.InvalidValue("userName", made["userName"]?.ToJsonString() ?? "", "1 to 300 characters");
        }

        if (DirectoryUser.AddressOf(made) is not { } email)
        {
            return ScimProblem.InvalidValue("emails", name, "an address such as ana@example.org, in emails or as userName");
        }

        made["active"] ??= isActive;
        return new Wanted(name, email, made["active"]!.GetValue<bool>(), made);
    }
}
