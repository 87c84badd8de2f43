using OffGridFlow.Platform.Messaging;

namespace OffGridFlow.Web.Trust;

/// <summary>One line of what is promised, and the tests that prove it.</summary>
public sealed record PromiseView(string Says, IReadOnlyList<string> ProvenBy);

/// <summary>Promises about one thing.</summary>
public sealed record ChapterView(string Name, string Title, IReadOnlyList<PromiseView> Promises);

/// <summary>A role of the product.</summary>
public sealed record RoleView(string Name, string Title, string About, IReadOnlyList<string> Permissions);

/// <param name="IsUsed">Whether there is an endpoint that needs it: what nothing needs is proven by nothing.</param>
public sealed record PermissionView(string Name, bool IsUsed);

/// <param name="Class">Of its columns, but for the exceptions.</param>
/// <param name="Exceptions">Columns with their class.</param>
public sealed record TableView(string Table, string Holds, string Class, IReadOnlyDictionary<string, string> Exceptions);

/// <param name="Plan">Of an organisation.</param>
/// <param name="PerSecond">Requests in the long run.</param>
/// <param name="AtOnce">Requests that can be saved up.</param>
/// <param name="PerPersonPerSecond">Of them one person's or key's.</param>
public sealed record LimitView(string Plan, decimal PerSecond, int AtOnce, decimal PerPersonPerSecond);

/// <summary>A chapter of the standard: how many of its requirements are met.</summary>
public sealed record StandardView(int Chapter, string Title, int Yes, int No, int NotApplicable);

/// <summary>What we promise, and what proves it.</summary>
/// <param name="SubProcessors">Others to whom data goes.</param>
/// <param name="NotPromised">What a reader might expect and does not get.</param>
public sealed record TrustView(
    IReadOnlyList<ChapterView> Promises, IReadOnlyList<RoleView> Roles, IReadOnlyList<PermissionView> Permissions, IReadOnlyList<TableView> Classification, IReadOnlyList<DataClass> Retention,
    IReadOnlyList<LimitView> Limits, string Standard, IReadOnlyList<StandardView> Verification, IReadOnlyList<string> SubProcessors, IReadOnlyList<string> NotPromised);
