using System.Text.Json.Nodes;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.Platform.Audit;

/// <summary>A row of the audit trail: a change of a row, or an event.</summary>
public sealed class TrailRow
{
    internal const string Select = """
        select audit_id, at, operation, table_name as "table", actor, address, user_agent, request_id, old_values::text as old_text, new_values::text as new_text from platform.audit
        """;

    internal static readonly ListShape Shape = new ListShape("audit_id", FieldKind.Id, "-at")
        .Sort("at", FieldKind.Instant).Range("at", FieldKind.Instant)
        .Filter("operation").Filter("table").Filter("actor").Filter("address").Filter("request_id");

    public Guid AuditId { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary><c>insert</c>, <c>update</c>, <c>delete</c>, or what happened: <c>data.exported</c>.</summary>
    public string Operation { get; init; } = "";

    /// <summary>Which table's row changed; null: an event.</summary>
    public string? Table { get; init; }

    /// <summary>Who: <c>user:0191…</c>, <c>key:0191…</c>, <c>job:0191…</c>, <c>cli:…</c>.</summary>
    public string Actor { get; init; } = "";

    /// <summary>The IP address it came from.</summary>
    public string? Address { get; init; }

    public string? UserAgent { get; init; }

    public string? RequestId { get; init; }

    /// <summary>The row before; null when there was none.</summary>
    public JsonObject? OldValues => Parsed(OldText);

    /// <summary>The row after, or what is told of the event.</summary>
    public JsonObject? NewValues => Parsed(NewText);

    internal string? OldText { get; init; }

    internal string? NewText { get; init; }

    private static JsonObject? Parsed(string? text) => text is null ? null : JsonNode.Parse(text)!.AsObject();
}
