using System.Text.Json;
using OffGridFlow.Organizations.Entities;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.Web.Demo;

/// <summary>The demonstration organisation as data/examples/demo/organization.json has it.</summary>
internal sealed record DemoDefinition(
    string Slug, string Name, int FiscalYearStart, IReadOnlyList<DemoDefinition.Entity> Entities, IReadOnlyList<DemoDefinition.Facility> Facilities,
    IReadOnlyList<DemoDefinition.Period> Periods, IReadOnlyList<string> Files)
{
    /// <param name="Parent">Code of an entity above it in the file.</param>
    internal sealed record Entity(string Code, string Name, string Country, IReadOnlyList<SetShares.Share> Shares, string? Parent = null);

    /// <param name="Entity">Its entity's code.</param>
    internal sealed record Facility(
        string Code, string Entity, string Name, string? Address = null, string? Region = null, string? GridRegion = null, decimal? FloorAreaM2 = null,
        decimal? Headcount = null);

    /// <summary>A fiscal year.</summary>
    internal sealed record Period(DateOnly StartsOn, bool IsBaseYear = false);

    public static string Folder(string dataFolder) => Path.Combine(dataFolder, "examples", "demo");

    /// <exception cref="InvalidDataException">The file is missing or damaged.</exception>
    public static DemoDefinition Load(string dataFolder)
    {
        var path = Path.Combine(Folder(dataFolder), "organization.json");
        try
        {
            return JsonSerializer.Deserialize<DemoDefinition>(File.ReadAllBytes(path), Json.Options)!;
        }
        catch (Exception damaged) when (damaged is JsonException or IOException)
        {
            throw new InvalidDataException($"{path}: {damaged.Message}", damaged);
        }
    }
}
