using System.Text.Json;
using OffGridFlow.App.Tests.Ledger;
using OffGridFlow.Organizations.SignIn;

namespace OffGridFlow.App.Tests.Support;

/// <summary>What concerns persons: a directory's, the members', and what persons do with their accounts.</summary>
internal sealed partial class EveryChange
{
    private async Task Directory()
    {
        await Do("PUT /api/v1/security/directory", new { group_roles = new Dictionary<string, string>(StringComparer.Ordinal) { ["Carbon analysts"] = "analyst" }, default_role = "viewer" });
        // As SCIM writes its names.
        object Plain(object body) => JsonSerializer.SerializeToElement(body);
        object Person(string name, string? known = null) => Plain(new { schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:User" }, userName = name, externalId = known });
        object Group(string name, params string[] members) => Plain(new { schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:Group" }, displayName = name, members = members.Select(value => new { value }) });
        object Patch(object change) => Plain(new { schemas = new[] { "urn:ietf:params:scim:api:messages:2.0:PatchOp" }, Operations = new[] { change } });
        object Search(string filter) => Plain(new { schemas = new[] { "urn:ietf:params:scim:api:messages:2.0:SearchRequest" }, filter });
        var user = Id(await Do("POST /scim/v2/Users", Person($"s{own}@example.org")));
        await Do("PUT /scim/v2/Users/{id}", Person($"s{own}@example.org", "00u1"), user);
        await Do("PATCH /scim/v2/Users/{id}", Patch(new { op = "replace", path = "active", value = false }), user);
        await Do("DELETE /scim/v2/Users/{id}", null, Id(await Do("POST /scim/v2/Users", Person($"gone{own}@example.org"))));
        var group = Id(await Do("POST /scim/v2/Groups", Group("Carbon analysts", user)));
        await Do("PUT /scim/v2/Groups/{id}", Group("Carbon analysts"), group);
        await Do("PATCH /scim/v2/Groups/{id}", Patch(new { op = "add", path = "members", value = new[] { new { value = user } } }), group);
        await Do("DELETE /scim/v2/Groups/{id}", null, Id(await Do("POST /scim/v2/Groups", Group("Gone"))));
        await Do("POST /scim/v2/Users/.search", Search("active eq true"));
        await Do("POST /scim/v2/Groups/.search", Search("displayName sw \"C\""));
    }

    private async Task Members()
    {
        var owner = await People.Member(api, tenant, "owner");
        var member = await People.Member(api, tenant, "admin");
        var (id, by) = (member.User.ToString(), (owner.Client, $"user:{owner.User}"));
        var made = await (await member.Client.Post("/api/v1/api-keys", new { name = "of one who leaves", role = "viewer" })).Json(201);
        await Do("POST /api/v1/members/{user_id}/sign-out", null, id, by: by);
        await Do("POST /api/v1/members/{user_id}/suspend", null, id, by: by);
        await Do("POST /api/v1/api-keys/{api_key_id}/adopt", null, Id(made), by: by);
        await Do("POST /api/v1/members/{user_id}/reactivate", null, id, by: by);
        await Do("PUT /api/v1/members/{user_id}/role", new { role = "viewer" }, id, by: by);
        var handed = await Do("POST /api/v1/members/{user_id}/assignments", new { role = "analyst", scope = "module", module = "ledger" }, id, by: by);
        var assignment = Field(handed.GetProperty("assignments").EnumerateArray().First(one => Field(one, "scope") == "module"), "assignment_id");
        await Do("DELETE /api/v1/members/{user_id}/assignments/{assignment_id}", null, [id, assignment], by: by);
        await Do("DELETE /api/v1/members/{user_id}", null, id, by: by);
        var apiKey = Id(await Do("POST /api/v1/api-keys", new { name = "every change", role = "viewer" }));
        await Do("POST /api/v1/api-keys/{api_key_id}/rotate", new { }, apiKey);
        await Do("POST /api/v1/api-keys/{api_key_id}/revoke", null, apiKey);
        var invitation = Id(await Do("POST /api/v1/invitations", new { email = $"i{own}@example.org", role = "viewer" }, by: by));
        await Behind($"update org.invitations set sent_at = sent_at - interval '2 minutes' where invitation_id = '{invitation}'"); // A letter a minute, at most.
        await Do("POST /api/v1/invitations/{invitation_id}/resend", null, invitation, by: by);
        await Do("POST /api/v1/invitations/{invitation_id}/revoke", null, invitation, by: by);
    }

    // What persons do with their accounts: the organisations they belong to hear of it.
    private async Task Accounts()
    {
        var email = $"j{own}@example.org";
        await Do("POST /api/v1/invitations", new { email, role = "analyst" });
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, email));
        await Do("POST /api/v1/auth/invitations/look", new { token }, by: (api.Nobody, ""));
        await Do("POST /api/v1/auth/invitations/accept", new { token, name = "Ben", password = People.Password, terms = "2026-11", privacy = "2026-11" }, by: (api.Nobody, ""));
        var ben = await People.SignIn(api, email);
        var (self, nobody) = ((ben.Client, $"user:{ben.User}"), (api.Nobody, $"user:{ben.User}"));
        await Do("PUT /api/v1/auth/me/name", new { name = "Benno" }, by: self);
        await Do("POST /api/v1/auth/consents", new { document = "terms", edition = "2026-11" }, by: self);
        await Behind($"update people.users set email_confirmed_at = null where user_id = '{ben.User}'");
        await Do("POST /api/v1/auth/email/confirmation", null, by: self);
        await Do("POST /api/v1/auth/email/confirm", new { token = MailFolder.Token(await MailFolder.Letter(api.Mail, email, 2)) }, by: nobody);
        await Do("POST /api/v1/auth/tenant", new { tenant = await Slug() }, by: self);
        var begun = await Do("POST /api/v1/auth/login", new { email, password = People.Password }, by: nobody);
        await Do("POST /api/v1/auth/refresh", new { refresh_token = begun.GetProperty("refresh_token").GetString() }, by: nobody);
        var listed = await (await ben.Client.Get("/api/v1/auth/sessions")).Json();
        var session = listed.GetProperty("items").EnumerateArray().Select(one => Field(one, "session_id")).First(one => one != Field(listed, "current"));
        await Do("DELETE /api/v1/auth/sessions/{session_id}", null, session, by: self);

        using var passkey = new SoftPasskey();
        var asked = await Do("POST /api/v1/auth/passkeys/begin", new { password = People.Password }, by: self, headers: PasskeyPage);
        var registered = await Do("POST /api/v1/auth/passkeys", new { token = asked.GetProperty("token").GetString(), name = "A phone", credential = passkey.Created(asked.GetProperty("options")) }, by: self, headers: PasskeyPage);
        var challenge = await Do("POST /api/v1/auth/passkeys/challenge", null, by: nobody, headers: PasskeyPage);
        await Do("POST /api/v1/auth/passkeys/login", new { token = challenge.GetProperty("token").GetString(), credential = passkey.Shown(challenge.GetProperty("options"), ben.User) }, by: nobody, headers: PasskeyPage);
        await Do("DELETE /api/v1/auth/passkeys/{passkey_id}", new { password = People.Password }, Field(registered, "passkey_id"), by: self, headers: PasskeyPage);

        var secret = People.Unbase32((await Do("POST /api/v1/auth/totp", new { password = People.Password }, by: self)).GetProperty("secret").GetString()!);
        await Do("POST /api/v1/auth/totp/confirm", new { code = Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow()) - 1) }, by: self);
        var half = await Do("POST /api/v1/auth/login", new { email, password = People.Password }, by: nobody);
        await Do("POST /api/v1/auth/verify-2fa", new { temporary_token = half.GetProperty("temporary_token").GetString(), code = Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow())) }, by: nobody);
        await Do("POST /api/v1/auth/recovery-codes", new { password = People.Password }, by: self);
        await Do("POST /api/v1/auth/totp/remove", new { password = People.Password }, by: self);

        const string changed = "another of twelve letters";
        await Do("POST /api/v1/auth/password", new { current = People.Password, password = changed }, by: self);
        await api.Database.SettledBut("deliver-webhook"); // No other letter is on its way.
        var letters = MailFolder.Letters(api.Mail, email).Count;
        await Do("POST /api/v1/auth/password/forgot", new { email }, by: nobody);
        var reset = MailFolder.Token(await MailFolder.Letter(api.Mail, email, letters + 1));
        await Do("POST /api/v1/auth/password/reset", new { token = reset, password = People.Password }, by: nobody);
        ben = await People.SignIn(api, email);
        self = (ben.Client, $"user:{ben.User}");
        await Do("POST /api/v1/auth/email", new { email = "k" + email, password = People.Password }, by: self);
        await Do("POST /api/v1/auth/email/confirm", new { token = MailFolder.Token(await MailFolder.Letter(api.Mail, "k" + email)) }, by: nobody);
        ben = await People.SignIn(api, "k" + email);
        await Do("POST /api/v1/auth/logout", null, by: self);
        self = (ben.Client, $"user:{ben.User}");
        await Do("DELETE /api/v1/auth/me", new { password = People.Password }, by: self);
    }
}
