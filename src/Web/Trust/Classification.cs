namespace OffGridFlow.Web.Trust;

/// <summary>How much harm it would do if others read it.</summary>
internal enum DataLevel
{
    /// <summary>Known to everybody, or of no use to anybody.</summary>
    Public,

    /// <summary>An organisation's own.</summary>
    Confidential,

    /// <summary>Of a person: who they are, where they came from, what they did.</summary>
    Personal,

    /// <summary>Opens something, or is kept of what does.</summary>
    Secret,
}

/// <summary>The class of a table's columns.</summary>
/// <param name="Name">With its schema.</param>
/// <param name="Holds">As people read it.</param>
/// <param name="Level">Of every column that is not among the exceptions.</param>
internal sealed record ClassifiedTable(string Name, string Holds, DataLevel Level)
{
    public IReadOnlyList<string> Personal { get; init; } = [];

    public IReadOnlyList<string> Secret { get; init; } = [];

    public IReadOnlyList<string> Confidential { get; init; } = [];

    /// <summary>The class of one of its columns.</summary>
    public DataLevel Of(string column) =>
        Secret.Contains(column, StringComparer.Ordinal) ? DataLevel.Secret
        : Personal.Contains(column, StringComparer.Ordinal) ? DataLevel.Personal
        : Confidential.Contains(column, StringComparer.Ordinal) ? DataLevel.Confidential
        : Level;
}

/// <summary>What each class of data means, and what is done for it.</summary>
internal sealed record LevelRule(DataLevel Level, string Title, string Means, string Done);

/// <summary>Every column of the database in one of four classes: by table, with the columns that differ.</summary>
internal static class Classification
{
    public static IReadOnlyList<LevelRule> Levels { get; } =
    [
        new(DataLevel.Secret, "Secret", "opens something, or is kept of what does", "SHA-256 or PBKDF2 where it is only compared, sealed with AES-256-GCM where it is needed again; never in logs, problems, exports or the trail"),
        new(DataLevel.Personal, "Personal", "says who somebody is, where they came from, what they did", "fenced by person or organisation; masked in logs; taken out by and erased for the person; sessions and devices go after 30 days"),
        new(DataLevel.Confidential, "Confidential", "an organisation’s own: activities, ledger, settings", "fenced by organisation in the database; needs a permission; audited; in the organisation’s export; erased with it"),
        new(DataLevel.Public, "Public", "the same for everybody, or of no use to anybody", "none is kept from anybody; only the program writes it"),
    ];

    public static IReadOnlyList<ClassifiedTable> Tables { get; } =
    [
        new("activities.activities", "Measured quantities", DataLevel.Confidential) { Personal = ["recorded_by"] },
        new("activities.evidence", "Which files prove an activity", DataLevel.Confidential) { Personal = ["attached_by"] },
        new("activities.files", "Names and hashes of raw files", DataLevel.Confidential),
        new("activities.flags", "Activities that may be there twice", DataLevel.Confidential) { Personal = ["resolved_by"] },
        new("activities.import_templates", "How files are read", DataLevel.Confidential),
        new("activities.imports", "Files that came in", DataLevel.Confidential) { Personal = ["created_by"] },
        new("activities.kind_synonyms", "What names stand for", DataLevel.Confidential) { Personal = ["created_by"] },
        new("activities.rows_not_taken", "Rows that became no activity", DataLevel.Confidential),
        new("activities.source_fetches", "What was fetched of connected sources", DataLevel.Confidential),
        new("activities.source_secrets", "What opens connected sources", DataLevel.Secret) { Confidential = ["tenant_id", "source_id"] },
        new("activities.sources", "Where files are fetched from", DataLevel.Confidential) { Personal = ["created_by"] },
        new("activities.streams", "How far streams have come", DataLevel.Confidential),
        new("activities.synonym_proposals", "Names that corrections teach", DataLevel.Confidential),
        new("activities.uploads", "Files on their way", DataLevel.Confidential) { Personal = ["created_by"] },
        new("activities.vocabularies", "Names an import was read with", DataLevel.Confidential),
        new("factors.overrides", "Factors of an organisation’s own", DataLevel.Confidential),
        new("factors.snapshots", "Editions an organisation chose", DataLevel.Confidential) { Personal = ["locked_by"] },
        new("ledger.calculations", "Arithmetic of entries", DataLevel.Confidential),
        new("ledger.closings", "Periods closed and opened", DataLevel.Confidential) { Personal = ["by_actor"] },
        new("ledger.entries", "Entries of the ledger", DataLevel.Confidential),
        new("ledger.recalculation_parts", "Parts of a recalculation", DataLevel.Confidential),
        new("ledger.recalculations", "Recalculations", DataLevel.Confidential) { Personal = ["created_by"] },
        new("ledger.run_sums", "Sums of runs", DataLevel.Confidential),
        new("ledger.runs", "Postings with their proofs", DataLevel.Confidential) { Personal = ["posted_by"] },
        new("ledger.unposted", "Activities that could not be posted", DataLevel.Confidential),
        new("ledger.workings", "Workings of entries", DataLevel.Confidential),
        new("org.allowed_origins", "Origins whose pages may call the API", DataLevel.Confidential) { Personal = ["created_by"] },
        new("org.api_keys", "API keys", DataLevel.Confidential) { Secret = ["hash"], Personal = ["created_by", "adopted_by"] },
        new("org.assignments", "Who has which role", DataLevel.Personal),
        new("org.billing_details", "Who is billed", DataLevel.Confidential) { Personal = ["invoice_email", "invoice_email_key"] },
        new("org.elsewhere", "Short names of organisations in other regions", DataLevel.Confidential),
        new("org.entities", "Legal entities", DataLevel.Confidential),
        new("org.entity_shares", "Shares in entities", DataLevel.Confidential),
        new("org.erasure_certificates", "Certificates of erasure, with hashes in place of names", DataLevel.Confidential),
        new("org.erasures", "Erasures that were asked for", DataLevel.Confidential) { Personal = ["requested_by", "cancelled_by"] },
        new("org.exports", "Exports that were made", DataLevel.Confidential) { Personal = ["requested_by"] },
        new("org.facilities", "Sites", DataLevel.Confidential),
        new("org.former_rows", "Periods and shares in entities as they were before a change", DataLevel.Confidential),
        new("org.invitations", "Invitations", DataLevel.Personal) { Secret = ["hash"] },
        new("org.memberships", "Who belongs to an organisation", DataLevel.Personal),
        new("org.notice_letters", "Who was written to of a breach", DataLevel.Personal),
        new("org.notices", "Notices of a breach", DataLevel.Confidential) { Personal = ["acknowledged_by"] },
        new("org.periods", "Reporting periods", DataLevel.Confidential),
        new("org.project_facilities", "Which sites a project has", DataLevel.Confidential),
        new("org.projects", "Projects", DataLevel.Confidential),
        new("org.providers", "Providers of sign-in", DataLevel.Confidential) { Secret = ["secret"] },
        new("org.roles", "Roles of an organisation’s own", DataLevel.Confidential),
        new("org.scim_group_members", "Who is in which group of a directory", DataLevel.Personal),
        new("org.scim_groups", "Groups of a directory", DataLevel.Confidential),
        new("org.scim_settings", "Which role a directory's groups have", DataLevel.Confidential),
        new("org.scim_users", "Whom a directory lets in", DataLevel.Personal),
        new("org.security_policies", "Whether two factors and four eyes are required", DataLevel.Confidential),
        new("org.signing_keys", "Keys that sign access tokens", DataLevel.Public) { Secret = ["private_key"] },
        new("org.tenant_imports", "Organisations brought in", DataLevel.Confidential),
        new("org.tenants", "Organisations", DataLevel.Confidential),
        new("people.authenticators", "Authenticator apps", DataLevel.Personal) { Secret = ["secret"] },
        new("people.consents", "Consents", DataLevel.Personal),
        new("people.external_logins", "Accounts at providers", DataLevel.Personal),
        new("people.one_time_tokens", "Links of letters, steps of sign-ins", DataLevel.Personal) { Secret = ["hash"] },
        new("people.passkeys", "Passkeys’ public halves", DataLevel.Personal),
        new("people.passwords", "What is kept of passwords", DataLevel.Secret) { Personal = ["user_id", "changed_at"] },
        new("people.recovery_codes", "What is kept of recovery codes", DataLevel.Secret) { Personal = ["user_id", "used_at"] },
        new("people.refresh_tokens", "What is kept of refresh tokens", DataLevel.Personal) { Secret = ["hash"] },
        new("people.sessions", "Sessions with addresses and devices", DataLevel.Personal) { Secret = ["hash", "stamp"] },
        new("people.users", "Persons: name and address", DataLevel.Personal) { Secret = ["stamp"] },
        new("platform.audit", "The audit trail", DataLevel.Personal) { Confidential = ["tenant_id", "audit_id", "table_name", "operation", "at"] },
        new("platform.audit_chain", "Hashes over the trail", DataLevel.Confidential),
        new("platform.audit_starts", "Where the trail begins", DataLevel.Confidential),
        new("platform.audit_unchained", "Rows about to be chained", DataLevel.Confidential),
        new("platform.data_keys", "Keys that seal secrets, sealed themselves", DataLevel.Confidential) { Secret = ["wrapped"] },
        new("platform.deliveries", "What webhooks were sent", DataLevel.Confidential),
        new("platform.heard", "Events that were heard", DataLevel.Confidential),
        new("platform.idempotency", "Answers of the last day", DataLevel.Confidential) { Personal = ["body"] },
        new("platform.installation", "Which region the database is of", DataLevel.Public),
        new("platform.job_schedules", "Jobs that recur", DataLevel.Confidential),
        new("platform.jobs", "Jobs; letters within them are sealed", DataLevel.Confidential) { Personal = ["arguments", "created_by"] },
        new("platform.migrations", "Versions of the data model", DataLevel.Public),
        new("platform.outbox", "Events on their way", DataLevel.Confidential),
        new("platform.retention", "How long what is kept", DataLevel.Public),
        new("platform.retention_runs", "When what was last removed", DataLevel.Confidential),
        new("platform.webhook_secrets", "What signs webhooks", DataLevel.Secret) { Confidential = ["tenant_id", "webhook_id"] },
        new("platform.webhooks", "Where events are sent", DataLevel.Confidential),
        new("reporting.contents", "Figures of reports as they were", DataLevel.Confidential),
        new("reporting.reports", "Reports and who decided on them", DataLevel.Confidential) { Personal = ["made_by", "submitted_by", "decided_by"] },
    ];

    /// <summary>The class of a column, or null when its table has none.</summary>
    public static DataLevel? Of(string table, string column) => Tables.FirstOrDefault(one => one.Name == table)?.Of(column);

    public static string Name(DataLevel level) => Levels.First(rule => rule.Level == level).Title;
}
