using System.Globalization;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Tokens;
using OffGridFlow.Organizations.Users;

namespace OffGridFlow.Web.Trust;

/// <summary>
/// What we promise of the program, each line with the tests that fail when it is broken; figures come from the constants the program works by. What no test
/// proves is no promise: it belongs to <see cref="NotPromised"/>.
/// </summary>
internal static class Promises
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    private static Chapter Isolation { get; } = new("isolation", "One organisation’s data and another’s",
    [
        new("Every table with rows of an organisation is fenced by PostgreSQL’s row-level security, which binds the program’s own account, too.",
            "CatalogueTests.the_data_model_keeps_the_rule", "CatalogueTests.a_planted_violation_is_caught"),
        new("A statement that forgot its filter reads and changes rows of the organisation it is bound to, and no other’s; bound to none, it is an error.",
            "ForgottenFilterTests.a_statement_without_a_filter_reads_and_changes_one_s_own_only", "ForgottenFilterTests.without_the_fence_the_same_statement_leaks", "ForgottenFilterTests.a_statement_that_nobody_is_bound_to_is_an_error"),
        new("At every address of the API, with every method, another organisation’s ids find nothing.",
            "TenantMatrixTests.No_endpoint_finds_anything_by_the_other_tenants_ids", "TenantMatrixTests.No_table_shows_anything_of_the_other_tenant"),
        new("Which organisation a request is for is told by who signed in, never by what the request’s body or headers say.", "HostNameTests.no_header_and_no_body_names_the_tenant"),
        new("On its own host name an organisation is found by its members alone; nobody else learns whether there is one of the name.",
            "HostNameTests.who_works_in_another_tenant_finds_nothing_there", "HostNameTests.a_tenant_there_is_and_one_there_is_not_look_the_same_from_outside"),
        new("An organisation’s rows and files are in the database and the store of its region; a server of another region sends whoever asks there, and its database takes none of it in.",
            "ResidencyTests.A_tenant_is_made_in_its_region_and_its_rows_and_files_are_there_alone", "ResidencyTests.A_token_of_another_region_is_sent_there_and_opens_nothing", "ResidencyTests.The_database_takes_in_no_tenant_of_another_region_whoever_writes_it"),
        new("Who answers for one facility, or for a project of some, sees and changes their data, and no other’s; a facility that leaves the project, and a project that is over, open nothing from the next request on.",
            "FacilityRoleTests.A_data_owner_sees_and_edits_their_facility_s_activities_alone", "ProjectRoleTests.A_data_owner_of_a_project_sees_and_edits_its_facilities_data_alone",
            "ProjectRoleTests.A_facility_that_leaves_the_project_is_out_of_reach_at_the_next_request", "ProjectRoleTests.A_project_that_is_deleted_over_or_yet_to_come_opens_nothing"),
    ]);

    private static Chapter Access { get; } = new("access", "Who may do what",
    [
        new("Every address declares the permission it needs. One that declares none is refused to everybody, and keeps the program from being released.", "PermissionTests.Every_endpoint_declares_what_it_needs", "PermissionTests.The_guard_catches_an_endpoint_that_declares_nothing"),
        new("A role reaches the addresses of its permissions, and no other one: the table below, tried at every address.", "PermissionTests.A_role_reaches_exactly_the_endpoints_of_its_permissions", "RoleMatrixTests.The_roles_are_as_promised"),
        new("An auditor sees everything, changes nothing, and only until a day that is set.", "PermissionTests.An_auditor_reads_everything_and_changes_nothing", "MemberTests.An_auditor_s_assignment_ends_and_so_does_what_they_see"),
        new("A changed role or a suspension counts from the next request on.", "MemberTests.A_changed_role_counts_from_the_next_request_on_for_sessions", "MemberTests.Who_is_suspended_is_out_at_once_and_signs_in_again_when_reactivated"),
        new("Where an organisation asks for four eyes, nobody approves a report that they submitted, and no key decides; a decision stays, and so do the figures it is of.",
            "ReportTests.where_four_eyes_are_asked_for_nobody_approves_what_they_submitted", "ReportTests.not_even_the_database_lets_a_report_be_rewritten"),
        new("Nobody hands on permissions they do not hold, to a person or to a key.", "MemberTests.Nobody_gives_a_role_with_permissions_they_do_not_hold", "PermissionTests.Nobody_makes_a_key_that_may_more_than_they_may"),
        new("An organisation keeps an owner, even when two remove each other at the same moment.", "MemberTests.A_tenant_keeps_an_owner", "MemberTests.Two_owners_who_remove_each_other_at_once_leave_one"),
    ]);

    private static Chapter SigningIn { get; } = new("sign-in", "Signing in",
    [
        new(string.Create(Plain, $"A password has at least {Passwords.FewestCharacters} characters, is none of the {CommonPasswords.Counted:#,0} most common ones, and not made of one’s own name or address; there is no other rule."), "PasswordTests.what_is_taken_and_what_is_not"),
        new(string.Create(Plain, $"It is kept as PBKDF2 with HMAC-SHA512, a salt and {Passwords.Iterations:#,0} iterations; what was kept with fewer is made anew at the next sign-in."), "PasswordTests.what_is_kept_is_strengthened_at_the_next_sign_in"),
        new("An unknown address and a wrong password are answered with the same words in the same time.", "LoginTests.who_is_unknown_and_who_errs_are_answered_alike", "SignInTimingTests.known_and_unknown_addresses_are_refused_in_the_same_time"),
        new(string.Create(Plain, $"After {PasswordSignIn.FailuresBeforeLock} failures in a row an account waits, each time longer; the right password waits, too."), "LoginTests.after_five_failures_the_right_password_waits_too_and_longer_each_time"),
        new(string.Create(Plain, $"A second factor: an authenticator app (RFC 6238) whose codes count once, with {SecondFactors.RecoveryCodes} recovery codes that count once each."),
            "TotpTests.codes_are_those_of_the_standard", "TotpTests.a_code_is_good_for_half_a_minute_on_either_side_and_only_once", "LoginTests.a_second_factor_is_asked_for_taken_once_and_replaced_by_a_recovery_code_once"),
        new("Passkeys (WebAuthn) sign in alone; an answer to a challenge counts once.", "SignInTests.A_passkey_signs_in_alone_and_its_answer_counts_once", "PasskeyTests.an_answer_that_errs_in_one_point_signs_nobody_in"),
        new("An organisation can require two factors: without, a member can do nothing in it but set one up.", "SecurityPolicyTests.Where_two_factors_are_required_a_member_with_one_does_nothing_but_set_up_another"),
        new("A sign-in at a provider counts as two factors when the provider’s signed token says so, or when the organisation vouches for it.", "ProviderFactorTests.where_two_are_required_a_provider_s_sign_in_that_states_one_does_nothing_and_is_no_way_to_the_account", "ProviderFactorTests.an_organisation_may_vouch_for_its_provider_and_take_that_back_from_the_next_request_on"),
        new("An organisation’s directory (SCIM 2.0) says whom it lets in and in which groups; it makes and changes no account, and whom it switches off is out from the next request on.",
            "TakeoverTests.Whatever_it_says_no_account_is_made_or_changed_and_no_other_tenant_notices", "UserTests.Who_is_switched_off_is_out_from_the_next_request_on_with_their_keys"),
        new("An organisation’s own provider (OpenID Connect with PKCE) signs people in to that organisation, and to no other; an answer that errs in one point signs nobody in.", "ProviderAnswerTests.an_answer_that_errs_in_one_point_signs_nobody_in", "ProviderTests.Somebody_new_joins_in_the_role_of_their_group_and_works_in_that_tenant_alone", "ProviderAnswerTests.only_the_browser_that_began_is_signed_in_and_only_by_its_own_answer"),
        new("When the organisation removes the provider, whoever it vouched for is out from the next request on.", "ProviderEndTests.Who_was_vouched_for_is_out_from_the_next_request_on_when_the_provider_is_removed"),
        new("Taking a second factor away needs the password.", "PasskeyTests.a_passkey_is_removed_with_the_password_and_the_last_one_takes_what_it_stood_for_along", "PasswordTests.a_password_is_changed_with_the_old_one_and_guessing_at_it_counts"),
    ]);

    private static Chapter Sessions { get; } = new("sessions", "Sessions, tokens and keys",
    [
        new($"A browser’s session ends by {Time(UserSessions.Idle)} of rest or {Time(UserSessions.Longest)}; a program’s by {Time(RefreshTokens.GoodFor)} of rest or {Time(UserSessions.LongestInProgram)}.", "SessionLifetimeTests.a_session_ends_by_rest_and_by_age"),
        new("A session that was ended opens nothing from the next request on, on every server; a new password ends all others, and every link that was sent.", "LoginTests.a_session_that_was_ended_opens_nothing_from_the_next_request_on", "AccessTokenTests.a_session_s_end_ends_its_tokens_at_once_on_every_server", "AccessTokenTests.a_refresh_token_of_an_older_password_gives_nothing", "LetterTests.A_new_password_voids_what_was_begun_with_the_old_one"),
        new("A browser’s session has a new secret whenever what it may do changes by its own doing, and the old one opens nothing; who signs in anew ends the session the browser had.",
            "RotationTests.Another_organisation_is_worked_in_under_a_new_secret", "RotationTests.A_new_password_comes_with_a_new_secret", "RotationTests.Who_signs_in_anew_ends_the_session_that_the_browser_had", "LiftedSessionTests.An_authenticator_lifts_the_session_that_set_it_up_and_its_old_cookie_opens_nothing"),
        new("Over TLS the session is a __Host- cookie that no script can read.", "HeaderTests.a_session_that_begins_over_tls_is_kept_in_a_cookie_of_this_host_alone"),
        new($"An access token is good for {Time(AccessTokens.GoodFor)}, signed with ES256, and nothing else verifies: not another algorithm, key, audience, issuer, type or time.",
            "AccessTokenTests.a_token_of_ours_opens_the_api_and_is_as_rfc_9068_has_it", "AccessTokenTests.a_token_that_errs_in_one_point_opens_nothing", "AccessTokenTests.a_token_signed_with_another_key_opens_nothing_whatever_it_says_of_it"),
        new($"A refresh token is good once, for {Time(RefreshTokens.GoodFor)}; used again, it ends the session for whoever has it.", "AccessTokenTests.a_refresh_token_gives_the_next_pair_once_and_used_again_ends_the_session_everywhere"),
        new($"Signing keys are replaced after {Time(SigningKeys.InUse)}.", "AccessTokenTests.a_key_that_has_served_90_days_is_replaced_when_the_next_token_is_issued"),
        new("An API key is shown once; it can end by itself, be rotated with an overlap, and be kept to some networks.",
            "ApiKeyTests.The_secret_is_nowhere_in_the_database", "ApiKeyTests.A_key_that_has_expired_opens_nothing_and_its_use_is_shown", "ApiKeyTests.A_rotated_key_opens_until_the_overlap_ends_and_the_new_one_may_do_the_same", "PermissionTests.A_key_is_refused_from_outside_its_networks"),
    ]);

    private static Chapter Encryption { get; } = new("encryption", "Encryption and secrets",
    [
        new("Secrets that must be read again are sealed with AES-256-GCM under a key of the organisation, which a master key outside the database seals. They open for their organisation and purpose only, and a changed bit is noticed.", "SealTests.what_is_sealed_opens_for_its_tenant_and_purpose_only", "SealTests.every_changed_bit_is_noticed"),
        new("Data keys, master keys and signing keys are rotated under a server that runs.", "SealTests.keys_are_rotated_and_masters_replaced_without_losing_what_was_sealed", "KeysCommandTests.signing_keys_and_the_master_key_are_rotated_under_a_server_that_runs"),
        new("No secret stands in a log, a problem, an export, a job or a row of the audit trail: one of each kind is planted and looked for.", "SecretsTests.no_secret_comes_out_anywhere", "TenantExportTests.No_row_and_no_file_of_another_tenant_and_no_secret_is_in_it"),
        new("Over TLS, which the operator’s proxy speaks, browsers are told to keep to it for two years.", "HeaderTests.over_tls_the_browser_is_told_to_keep_to_it_and_only_a_proxy_of_ours_says_that_it_is"),
        new("Addresses of persons, keys and tokens are masked in the log.", "MaskedLogTests.What_is_somebodys_is_masked_and_the_rest_stays", "MaskedLogTests.An_exception_is_masked_too"),
    ]);

    private static Chapter Attacks { get; } = new("attacks", "What is sent to do harm",
    [
        new("Of two thousand hostile requests — injection, traversal, smuggling, oversized, deep, mutated tokens — none is a fault, comes back in a page, or tells of another organisation or of the program’s inside.", "HostileTests.none_of_two_thousand_hostile_requests_does_harm", "SmugglingTests.what_two_servers_could_read_in_two_ways_is_refused_and_ends_the_connection"),
        new("Pages run no script but their own: a strict policy with a nonce that is new with each answer; nothing of other servers is loaded.", "HeaderTests.a_page_s_scripts_carry_its_nonce_which_is_new_each_time_and_nothing_stands_within_a_line", "PolicyTests.Nothing_of_our_own_pages_breaks_their_policy_and_charts_are_drawn"),
        new("What changes something is taken from our own pages only; other origins are those an organisation lists, and never with a cookie.", "ConventionTests.A_browsers_cookie_opens_reading_and_only_our_own_pages_may_change", "CrossOriginTests.an_answer_is_shown_to_an_origin_of_the_caller_s_own_tenant_and_no_other"),
        new("Addresses that an organisation sets are https and public, checked again when the connection is made; redirects are not followed, but for those of a connected source, each of which is checked like the first.", "OutboundTests.a_name_that_changes_its_mind_after_it_was_checked_leads_nowhere", "OutboundTests.an_address_of_the_operator_s_network_is_refused_in_every_notation", "OutboundTests.a_redirect_is_not_followed", "OutboundSourceTests.A_redirect_leads_where_an_address_may_lead_and_nowhere_else"),
        new("What opens a connected source is sent to the address it was given for, and to no other: not along a redirect elsewhere, and not where somebody else has the source lead later.", "OutboundSourceTests.The_secret_goes_along_a_redirect_within_its_origin_and_to_no_other_not_even_back", "SourceTests.Whoever_changes_where_it_goes_gives_the_secret_again", "SourceTests.The_secret_is_sealed_and_said_to_nobody"),
        new("Workbooks that unpack to far more than they are, and entities within them, are refused; what a spreadsheet would run is neutralised in every CSV.", "UploadGuardTests.a_workbook_that_unpacks_to_far_more_than_it_is_is_refused_before_it_is_unpacked", "UploadGuardTests.entities_of_a_workbook_s_xml_are_not_expanded_and_no_file_is_read", "UploadGuardTests.every_csv_that_the_product_writes_goes_through_it"),
    ]);

    private static Chapter Audit { get; } = new("audit", "The audit trail",
    [
        new("Every change of a row leaves one in the trail, with who, from where, in which request, and the values before and after; so do sign-ins, refusals and exports.", "AuditGuardTests.Every_table_that_changes_is_audited_or_says_why_not", "AuditGuardTests.Every_endpoint_that_changes_something_leaves_a_row", "TrailTests.A_change_is_told_with_who_what_and_from_where"),
        new("Nobody changes the trail: a chain of hashes names the first row that was changed, removed, slipped in or cut off, even by who administers the database.", "ChainTests.Tampering_is_found_and_the_first_bad_row_named", "ChainTests.A_row_that_was_slipped_in_is_found", "ChainTests.A_trail_that_was_cut_short_or_written_anew_is_found_by_a_head_seen_before"),
        new("It is kept for seven years.", "ChainTests.The_oldest_rows_go_after_seven_years_and_the_rest_still_verifies", "ChainTests.Nobody_deletes_younger_rows_not_even_the_owner_of_the_tables"),
        new("It can be searched and taken out.", "TrailTests.The_trail_is_narrowed_down_by_text_table_operation_and_time_and_read_page_by_page", "TrailTests.What_a_search_finds_can_be_taken_out_and_that_is_told_too"),
    ]);

    private static Chapter Leaving { get; } = new("export", "Taking out and erasing",
    [
        new("Everything of an organisation is taken out as one zip: JSON lines for programs, CSV for people, raw files under their SHA-256, and a manifest with the hash of every part. Brought into another installation and taken out again, it is the same byte for byte.", "TenantExportTests.Taken_out_brought_in_and_taken_out_again_it_is_the_same_byte_for_byte", "TenantExportTests.The_manifest_names_the_tenant_and_every_part_with_its_hash_and_rows"),
        new("Erasure is asked for, can be taken back for as long as the table below says, and then removes every row and file; a certificate remains.", "ErasureTests.A_request_says_when_and_can_be_taken_back", "ErasureTests.Before_the_window_is_over_nothing_erases_it", "ErasureTests.After_the_window_every_row_and_file_is_gone_and_a_certificate_remains"),
        new("Of a breach every owner and administrator concerned is told by letter and on every page, until one has acknowledged it.", "BreachNoticeTests.Owners_and_administrators_of_the_tenants_concerned_are_told_once_and_nobody_else", "BreachNoticeTests.Every_page_shows_it_to_administrators_until_one_has_acknowledged_it"),
        new("A person takes out all that is held of them, and can be erased: ledger and trail keep an id that names nobody.", "PersonalDataTests.A_person_takes_out_all_that_is_held_of_them_and_nothing_that_signs_in", "PersonalDataTests.Who_is_erased_has_no_name_no_address_and_no_way_in_and_what_they_did_stays"),
    ]);

    private static Chapter Others { get; } = new("sub-processors", "Sub-processors",
    [
        new("None. The program runs on the operator’s machines, and its sources name no server of anybody else that data could go to; it reaches only addresses that the operator or an organisation has set.", "SubProcessorTests.the_program_names_no_server_of_anybody_else"),
    ]);

    /// <summary>All of it, in the order it is read.</summary>
    public static IReadOnlyList<Chapter> All { get; } = [Isolation, Access, SigningIn, Sessions, Encryption, Attacks, Audit, Leaving, Others];

    /// <summary>Of the tables of the page.</summary>
    public static Promise Roles { get; } = new("Tried at every address of the API for every role of the product.", "PermissionTests.A_role_reaches_exactly_the_endpoints_of_its_permissions");

    /// <summary>Of the classification.</summary>
    public static Promise Classified { get; } = new("Every column of the database has a class: compared with the database’s own catalogue.", "ClassificationTests.every_column_of_the_database_has_a_class", "ClassificationTests.what_sounds_like_a_person_s_or_a_secret_is_said_to_be_one");

    /// <summary>Of the retention table.</summary>
    public static Promise Kept { get; } = new("The nightly job works by this table.", "RetentionTests.Every_line_of_the_schedule_is_told_with_its_reason_and_has_a_test", "RetentionTests.What_is_older_than_its_period_goes_and_what_is_younger_stays");

    /// <summary>Of the rates.</summary>
    public static Promise Limited { get; } = new("Whoever asks more often is told how long to wait (429, Retry-After); others are not slowed down. Servers that share a Redis share the limits.", "RateLimitTests.A_tenant_that_asks_too_often_waits_and_the_other_does_not", "SharedLimitTests.two_servers_share_one_limit_and_neither_lets_more_through", "SharedLimitTests.a_bucket_fills_at_its_rate");

    /// <summary>Of the standard.</summary>
    public static Promise Verified { get; } = new("Counted from the list itself, which a test compares with the standard’s numbers and with the tests and files it names.", "AsvsTests.each_requirement_of_levels_1_and_2_is_answered_once", "AsvsTests.each_answer_names_tests_and_files_there_are");

    /// <summary>Promises that stand beside tables.</summary>
    public static IReadOnlyList<Promise> OfTables { get; } = [Roles, Classified, Kept, Limited, Verified];

    /// <summary>What a reader might expect, and does not get from us.</summary>
    public static IReadOnlyList<string> NotPromised { get; } =
    [
        "Disks are not encrypted by the program: database, files and backups lie as the operator keeps them.",
        "TLS is the operator’s proxy’s: the program speaks HTTP to it, and does not redirect.",
        "Files that are handed in are not scanned for viruses; programs among them are refused.",
        "No independent auditor has certified any of this; the tests can be run by anybody who has the source.",
        "Of billing there is the plan and who is billed; invoices and payments are not there yet.",
    ];

    private static string Time(TimeSpan time) => time.TotalDays >= 1 && time.TotalHours % 24 == 0 ? string.Create(Plain, $"{time.TotalDays:0} days")
        : time.TotalHours >= 1 ? string.Create(Plain, $"{time.TotalHours:0} hours")
        : string.Create(Plain, $"{time.TotalMinutes:0} minutes");
}
