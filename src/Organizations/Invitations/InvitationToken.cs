using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Invitations;

/// <summary>What a letter of invitation opens: it names its tenant and invitation, so that it is looked up within the fence; only its SHA-256 is kept.</summary>
internal sealed record InvitationToken(TenantId Tenant, Guid Invitation, string Text, byte[] Hash)
{
    private const string Prefix = "ogf_invt_";

    public static InvitationToken New(TenantId tenant, Guid invitation) => Of(PersonSecret.New(Prefix, tenant.Value, invitation));

    /// <summary>The token of a text, or null when it is not of the form.</summary>
    public static InvitationToken? Read(string? text) => PersonSecret.Read(Prefix, text) is { } secret ? Of(secret) : null;

    // Of the same form as a person's secrets: two ids and 32 random bytes.
    private static InvitationToken Of(PersonSecret secret) => new(new TenantId(secret.User), secret.Thing, secret.Text, secret.Hash);
}
