using System.Text.Json.Nodes;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Web.Pages.Sources;

/// <summary>The fields of a source's form: what they offer, and what they say once they are sent.</summary>
internal static class SourceFields
{
    /// <summary>Chosen for a column that is passed over; an empty choice leaves it to the column's own name.</summary>
    public const string PassedOver = "-";

    public static async Task<SourceChoices> Choices(Session session, ReferenceData data) => new(
        await ImportTemplates.Names(session),
        [.. (await OrganizationQueries.Facilities(session)).All.Select(facility => (facility.Code, facility.Name))],
        [.. KnownColumns.Shipped.Names.Concat(data.Kinds.Listed.Concat(data.Kinds.Families).SelectMany(kind => kind.Columns).Order(StringComparer.Ordinal)).Distinct(StringComparer.Ordinal)]);

    /// <summary>An empty field clears; an empty secret stays as it is, and so do columns that the form does not name.</summary>
    public static JsonObject Patch(IFormCollection sent)
    {
        string? Said(string name) => sent[name].ToString().Trim() is { Length: > 0 } text ? text : null;
        var patch = new JsonObject
        {
            ["name"] = Said("name"), ["url"] = Said("url"), ["header_name"] = Said("header_name"), ["template_id"] = Guid.TryParse(sent["template"], out var template) ? template : null,
            ["cron"] = TimeTables.Cron(sent["when"].ToString(), sent["at"].ToString(), sent["cron"].ToString()), ["time_zone"] = Said("time_zone"), ["enabled"] = sent["enabled"] == "yes",
            ["options"] = new JsonObject { ["facility"] = Said("facility"), ["columns"] = new JsonObject(Chosen(sent).Select(pair => KeyValuePair.Create(pair.Name, pair.Field.Length == 0 ? null : (JsonNode?)Written(pair.Field)))) },
        };
        if (Said("header_value") is { } secret)
        {
            patch["header_value"] = secret;
        }

        return patch;
    }

    /// <summary>What was chosen for columns, as an import's options have it.</summary>
    public static IReadOnlyDictionary<string, string> Columns(IFormCollection sent) =>
        Chosen(sent).Where(pair => pair.Field.Length > 0).ToDictionary(pair => pair.Name, pair => Written(pair.Field), StringComparer.Ordinal);

    private static string Written(string field) => field == PassedOver ? "" : field;

    // Each column's name beside what is chosen for it.
    private static IEnumerable<(string Name, string Field)> Chosen(IFormCollection sent) =>
        sent["column"].Zip(sent["field"], (name, field) => (Name: name ?? "", Field: field ?? "")).Where(pair => pair.Name.Length > 0).DistinctBy(pair => pair.Name, StringComparer.Ordinal);
}
