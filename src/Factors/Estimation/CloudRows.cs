using OffGridFlow.Engine.Methods;
using OffGridFlow.Factors.Reference;
using static OffGridFlow.Factors.NamedColumns;

namespace OffGridFlow.Factors;

/// <summary>Rented servers by instance-hour: making them, and running them (Cloud Carbon Footprint, Methodology).</summary>
internal static class CloudRows
{
    private const string Methodology = "Cloud Carbon Footprint, Methodology";

    public static Estimate Of(Activity a, PlanKey key, Planner planner, ReferenceData data)
    {
        if (a.Unit.Dimension != "time")
        {
            return Estimate.Reject(new Problem("unit.dimension", "unit", $"{a.Unit} ({a.Unit.Dimension})", "time (instance-hours)", $"Give {a.Kind.Key} in hours."));
        }

        Problem? problem = null;
        var notes = new List<Note>();
        var place = PlaceOf(a, data, out var cloudRegion, ref problem);
        var stated = a.Columns.ContainsKey("utilisation");
        var utilisation = stated ? a.Share("utilisation", ref problem) : CloudCompute.UsualUtilisation;
        if (problem is null && data.Cloud.Watts(a.Kind.Key) is null)
        {
            problem = new Problem("cloud.watts-unknown", "kind", a.Kind.Key, "an instance whose power is published", "Give the electricity used as electricity.grid, or name another instance.");
        }

        if (problem is not null)
        {
            return Estimate.Reject(problem);
        }

        if (!stated)
        {
            notes.Add(new Note("cloud.utilisation-assumed", $"The row has no utilisation: {Text(CloudCompute.UsualUtilisation * 100m)} % was taken, the methodology's figure for hyperscale data centres."));
        }

        var embodied = planner.Build(key);
        var grid = Grid(key, cloudRegion, place!, planner, data, a.Kind);
        if ((embodied.Problem ?? grid.Problem) is { } missing)
        {
            return Estimate.Reject(missing);
        }

        var hours = a.Unit.Convert(a.Quantity, data.Units["hour"]);
        var (least, most, basis) = data.Cloud.Watts(a.Kind.Key)!.Value;
        var watts = CloudCompute.Watts(least, most, utilisation);
        var (pue, pueSource) = cloudRegion is { } known ? (known.Pue, known.PueSource) : data.Cloud.UsualPue(CloudTable.ProviderOf(a.Kind.Key));
        var energy = Signed(hours, time => CloudCompute.KilowattHours(watts, time, pue));
        var steps = new[]
        {
            new Step(Step($"{least} W idle + {utilisation} x ({most} W full - {least} W) = {watts} W"), basis),
            new Step(Step($"{watts} W x {hours} hours x PUE {pue} / 1000 = {energy} kWh"), pueSource),
        };
        return new Estimate(
            !stated || embodied.Disposition == Disposition.Estimated || grid.Disposition == Disposition.Estimated ? Disposition.Estimated : Disposition.Calculated,
            [.. embodied.Entries.Select(entry => new PlannedEntry(entry, a.Quantity)), .. grid.Entries.Select(entry => new PlannedEntry(entry, energy))],
            null,
            [.. notes, .. embodied.Notes.Concat(grid.Notes).DistinctBy(note => note.Text)],
            steps);
    }

    // The cloud region's own grid factor where one covers the date; else the grid of the country it stands in.
    private static Plan Grid(PlanKey key, CloudRegion? region, string place, Planner planner, ReferenceData data, Kind kind)
    {
        var kWh = data.Units["kWh"];
        var method = $"use: watts x hours x PUE x grid factor ({Methodology}: Energy; {MethodTable.Guidance(kind)})";
        Planner.Wanted Use(params Stage[] stages) => new(stages, kind.Scope, kind.Category, "use", Basis.Single, method, true);
        if (region is not null && data.Kinds.Find(region.GridKind) is { } own)
        {
            foreach (var stage in (ReadOnlySpan<Stage>)[Stage.Generation, Stage.LifeCycle])
            {
                var ownKey = key with { Kind = own, Unit = kWh, Region = place };
                if (planner.Find(ownKey, Use(stage)) is { YearsOff: 0 })
                {
                    return planner.Build(ownKey, [Use(stage)]);
                }
            }
        }

        return planner.Build(key with { Kind = data.Kinds.Find("electricity.grid")!, Unit = kWh, Region = place }, [Use(Stage.Generation, Stage.LifeCycle)]);
    }

    private static string? PlaceOf(Activity a, ReferenceData data, out CloudRegion? region, ref Problem? problem)
    {
        region = null;
        if (a.Columns.TryGetValue("cloud_region", out var written))
        {
            region = data.Cloud.Region(CloudTable.ProviderOf(a.Kind.Key), written);
            if (region is null)
            {
                problem ??= new Problem(
                    "cloud.region-unknown", "cloud_region", written, $"a region of {CloudTable.ProviderOf(a.Kind.Key)}, such as {string.Join(", ", data.Cloud.Nearest(CloudTable.ProviderOf(a.Kind.Key), written))}",
                    "Correct cloud_region, or leave it blank and give the country in region.");
            }

            return region?.Place;
        }

        if (a.Region is null)
        {
            problem ??= new Problem("column.missing", "cloud_region", "(blank)", "the provider's region, such as eu-west-1, or a country in region", "Add cloud_region: the grid decides what running the server emits.");
        }

        return a.Region;
    }
}
