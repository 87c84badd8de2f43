using System.Text;
using OffGridFlow.Engine;
using OffGridFlow.Factors;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Organizations;

namespace OffGridFlow.Activities.Rows;

/// <summary>Reads one row of a table as an activity and says what it comes to. One for each thread.</summary>
public sealed class RowReader
{
    // Columns that change the figures of every kind. Others change those of some kinds only: where they do not, they must not vanish.
    private static readonly HashSet<string> Understood = new(StringComparer.Ordinal)
    {
        "id", "kind", "quantity", "unit", "currency", "region", "start", "end", "quality", "factor", "factor_value",
    };

    private readonly ActivityTable table;
    private readonly ReferenceData data;
    private readonly Estimator? estimator;
    private readonly Utf8Cache<Kind?> kinds;
    private readonly Utf8Cache<UnitMatch> units;
    private readonly Utf8Cache<string?> regions;
    private readonly string[] names;
    private readonly int kindAt;
    private readonly int quantityAt;
    private readonly int unitAt;
    private readonly int currencyAt;
    private readonly int regionAt;
    private readonly int startAt;
    private readonly int endAt;
    private readonly int qualityAt;
    private readonly int factorAt;
    private readonly int valueAt;
    private readonly int facilityAt;
    private readonly int entityAt;
    private readonly Utf8Cache<Place<Facility>> facilities;
    private readonly Utf8Cache<Place<Entity>> entities;
    private readonly int[] others;
    private readonly RowContext? context;

    /// <param name="table">The table whose rows it reads.</param>
    /// <param name="data">Names of kinds, units and places.</param>
    /// <param name="estimator">What rows come to, where <paramref name="context"/> has no other for their day; null: only what their cells mean is asked.</param>
    /// <param name="context">What the tenant adds; null: the row stands alone.</param>
    public RowReader(ActivityTable table, ReferenceData data, Estimator? estimator, RowContext? context = null)
    {
        this.table = table;
        this.data = data;
        this.estimator = estimator;
        this.context = context;
        kinds = new Utf8Cache<Kind?>(context is null ? data.Kinds.Find : context.Kind);
        units = new Utf8Cache<UnitMatch>(data.Units.Find);
        regions = new Utf8Cache<string?>(data.Regions.Find);
        names = table.Columns.Select(column => column.Key).ToArray();
        kindAt = At("kind");
        quantityAt = At("quantity");
        unitAt = At("unit");
        currencyAt = At("currency");
        regionAt = At("region");
        startAt = At("start");
        endAt = At("end");
        qualityAt = At("quality");
        factorAt = At("factor");
        valueAt = At("factor_value");
        facilityAt = At("facility");
        entityAt = At("entity");
        int[] read = [kindAt, quantityAt, unitAt, regionAt, startAt, endAt, qualityAt, factorAt, valueAt, At("id"), facilityAt, entityAt, At("meter"), At("invoice"), At("note")];
        facilities = new Utf8Cache<Place<Facility>>(text => context!.Facility(text));
        entities = new Utf8Cache<Place<Entity>>(text => context!.Entity(text));
        others = Enumerable.Range(0, names.Length).Except(read).ToArray();
    }

    /// <summary>Columns that go through to the result as they are: what describes a row, what only some kinds read, and what nobody knows.</summary>
    public (int Column, byte[] Name)[] PassedThrough() => Enumerable.Range(0, names.Length)
        .Where(column => !Understood.Contains(names[column]))
        .Select(column => (column, Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(table.Columns[column].Name) + ":")))
        .ToArray();

    /// <summary>Where a column is, or -1.</summary>
    public int At(string column) => Array.IndexOf(names, column);

    /// <summary>What the last row was read as, as far as <see cref="Outcome"/> came: all of it when it made entries.</summary>
    public RowFacts Facts { get; private set; }

    /// <summary>What the row comes to.</summary>
    public RowOutcome Outcome(RowBatch batch, int row)
    {
        Facts = default;
        if (batch.Exclusions[row] is { } reason)
        {
            return Uncounted(batch, row, Disposition.Excluded, reason);
        }

        if (batch.Problems[row] is { } broken)
        {
            return RowOutcome.Reject(broken);
        }

        if (batch.DuplicateOf[row] is > 0 and var first)
        {
            return Uncounted(batch, row, Disposition.Duplicate, FormattableString.Invariant($"same as row {first}"));
        }

        if (!TryNumber(batch, row, quantityAt, out var quantity, out var problem))
        {
            return RowOutcome.Reject(problem!);
        }

        if (Math.Abs(quantity) > RowProblems.Largest)
        {
            return RowOutcome.Reject(RowProblems.TooLarge("quantity", batch.Text(row, quantityAt)!));
        }

        if (kinds.Get(batch.Field(row, kindAt)) is not { } kind)
        {
            return RowOutcome.Reject(RowProblems.UnknownKind(batch.Text(row, kindAt), data), quantity);
        }

        var unitField = batch.Field(row, unitAt);
        if (unitField.IsEmpty && currencyAt >= 0)
        {
            unitField = batch.Field(row, currencyAt);
        }

        if (units.Get(unitField) is not { Unit: { } unit })
        {
            return RowOutcome.Reject(RowProblems.UnknownUnit(Encoding.UTF8.GetString(unitField), units.Get(unitField), kind, data), quantity);
        }

        string? region = null;
        var regionField = batch.Field(row, regionAt);
        if (!regionField.IsEmpty && (region = regions.Get(regionField)) is null)
        {
            return RowOutcome.Reject(RowProblems.UnknownRegion(Encoding.UTF8.GetString(regionField), data), quantity, unit);
        }

        if (Dates(batch, row, out var start, out var end) is { } dateProblem)
        {
            return RowOutcome.Reject(dateProblem, quantity, unit);
        }

        if (Quality(batch, row, out var quality) is { } qualityProblem)
        {
            return RowOutcome.Reject(qualityProblem, quantity, unit);
        }

        (Place<Facility> Facility, Place<Entity> Entity) place = default;
        if (context is not null)
        {
            place = Belonging(batch, row);
            if ((place.Facility.Refusal ?? place.Entity.Refusal ?? context.Dates(ref start, ref end)) is { } missing)
            {
                return RowOutcome.Reject(missing, quantity, unit);
            }

            region ??= context.Region(place.Facility.Found);
        }

        Facts = new RowFacts(
            kind, region, start, end, quality, place.Facility.Found?.FacilityId, place.Entity.Found?.EntityId ?? place.Facility.Found?.EntityId, null)
        {
            UnknownFacility = place.Facility.Warning, UnknownEntity = place.Entity.Warning,
        };
        var day = start is { } s && end is { } e ? s.AddDays((e.DayNumber - s.DayNumber) / 2) : start ?? end;
        if (Estimator.IsPlain(kind) && !HasSpecial(batch, row, kind))
        {
            if (estimator is null)
            {
                return new RowOutcome(Disposition.Calculated, quantity, unit, null, null, null, null);
            }

            var plan = At(day).PlanFor(new PlanKey(kind, unit, region, PlanKey.MonthOf(day), quality ?? 0));
            return new RowOutcome(plan.Disposition, quantity, unit, plan, null, plan.Problem, null);
        }

        return Special(batch, row, new Activity
        {
            Kind = kind, Quantity = quantity, Unit = unit, Region = region, Start = start, End = end, Quality = quality,
        });
    }

    private Estimator At(DateOnly? day) => context is not null && day is { } known ? context.EstimatorFor(known) : estimator!;

    /// <summary>The days a row names, whatever else is wrong with it; null where it names none that can be read.</summary>
    public (DateOnly? Start, DateOnly? End) Days(RowBatch batch, int row)
    {
        if (Dates(batch, row, out var start, out var end) is not null)
        {
            return default;
        }

        context?.Dates(ref start, ref end);
        return (start ?? end, end ?? start);
    }

    private (Place<Facility> Facility, Place<Entity> Entity) Belonging(RowBatch batch, int row)
    {
        var facilityField = batch.Field(row, facilityAt);
        var entityField = batch.Field(row, entityAt);
        var facility = facilityField.IsEmpty ? new Place<Facility>(context!.DefaultFacility, null) : facilities.Get(facilityField);
        var entity = entityField.IsEmpty ? new Place<Entity>(facility.Found is null ? context!.DefaultEntity : null, null) : entities.Get(entityField);
        return (facility, entity);
    }

    // Its quantity is told all the same, so that the summary accounts for every figure of the file.
    private RowOutcome Uncounted(RowBatch batch, int row, Disposition disposition, string reason) =>
        units.Get(batch.Field(row, unitAt)) is { Unit: { } unit } && TryNumber(batch, row, quantityAt, out var quantity, out _)
            ? new RowOutcome(disposition, quantity, unit, null, null, null, reason)
            : new RowOutcome(disposition, 0m, null, null, null, null, reason);

    /// <summary>The row as an activity, for explanations; null when it cannot be read as one.</summary>
    public Activity? Activity(RowBatch batch, int row)
    {
        if (batch.Exclusions[row] is not null || batch.Problems[row] is not null
            || !TryNumber(batch, row, quantityAt, out var quantity, out _)
            || kinds.Get(batch.Field(row, kindAt)) is not { } kind
            || units.Get(batch.Field(row, unitAt).IsEmpty && currencyAt >= 0 ? batch.Field(row, currencyAt) : batch.Field(row, unitAt)) is not { Unit: { } unit }
            || Dates(batch, row, out var start, out var end) is not null
            || Quality(batch, row, out var quality) is not null)
        {
            return null;
        }

        var activity = new Activity
        {
            Kind = kind, Quantity = quantity, Unit = unit, Start = start, End = end, Quality = quality,
            Region = batch.Text(row, regionAt) is { } region ? data.Regions.Find(region) : null,
        };
        return WithColumns(batch, row, activity, out _);
    }

    private RowOutcome Special(RowBatch batch, int row, Activity activity)
    {
        activity = WithColumns(batch, row, activity, out var problem);
        if (problem is not null)
        {
            return RowOutcome.Reject(problem, activity.Quantity, activity.Unit);
        }

        try
        {
            Facts = Facts with { Activity = activity };
            if (estimator is null)
            {
                return new RowOutcome(Disposition.Calculated, activity.Quantity, activity.Unit, null, null, null, null);
            }

            var estimate = At(activity.Day).Estimate(activity);
            return estimate.Entries.Any(entry => Math.Abs(entry.Amounts.Co2eKg) > RowProblems.Largest)
                ? throw new OverflowException()
                : new RowOutcome(estimate.Disposition, activity.Quantity, activity.Unit, null, estimate.Problem is null ? estimate : null, estimate.Problem, null);
        }
        catch (OverflowException)
        {
            // Named columns multiply: one slipped digit group in a million rows must not take the file down.
            var figures = activity.Columns.Select(column => $"{column.Key} {column.Value}").Prepend($"quantity {activity.Quantity}");
            figures = activity.FactorValue is { } value ? figures.Append($"factor_value {value}") : figures;
            return RowOutcome.Reject(RowProblems.TooLarge("quantity", string.Join(", ", figures)), activity.Quantity, activity.Unit);
        }
    }

    private Activity WithColumns(RowBatch batch, int row, Activity activity, out Problem? problem)
    {
        (problem, var columns) = (null, new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var column in others)
        {
            if (batch.Field(row, column).IsEmpty)
            {
                continue;
            }

            // Figures in named columns obey the same rules of writing numbers as the quantity; words stay words.
            columns[names[column]] = TryNumber(batch, row, column, out var number, out _) ? FormattableString.Invariant($"{number}") : batch.Text(row, column)!;
        }

        decimal? value = null;
        if (!batch.Field(row, valueAt).IsEmpty)
        {
            if (!TryNumber(batch, row, valueAt, out var given, out problem))
            {
                return activity;
            }

            // What is avoided or removed elsewhere is reported apart; it is no rate of an activity.
            problem = given < 0m ? new Problem("number.range", "factor_value", batch.Text(row, valueAt)!, "kg CO2e per unit, 0 or more", "Correct factor_value.") : null;
            value = given;
        }

        return activity with { Factor = batch.Text(row, factorAt), FactorValue = value, Columns = columns };
    }

    private bool HasSpecial(RowBatch batch, int row, Kind kind)
    {
        if (!batch.Field(row, factorAt).IsEmpty || !batch.Field(row, valueAt).IsEmpty)
        {
            return true;
        }

        foreach (var column in others)
        {
            if (!batch.Field(row, column).IsEmpty && kind.Reads(names[column]))
            {
                return true;
            }
        }

        return false;
    }

    private Problem? Dates(RowBatch batch, int row, out DateOnly? start, out DateOnly? end)
    {
        start = null;
        end = null;
        if (!batch.Field(row, startAt).IsEmpty)
        {
            if (table.Period(startAt, batch.Field(row, startAt), out var period, out var problem) != CellOutcome.Value)
            {
                return problem;
            }

            var (first, last) = period;
            // "2025" or "March 2025" as a start names the whole year or month.
            start = first;
            end = endAt < 0 || batch.Field(row, endAt).IsEmpty ? (last != first ? last : null) : null;
        }

        if (!batch.Field(row, endAt).IsEmpty)
        {
            if (table.Period(endAt, batch.Field(row, endAt), out var period, out var problem) != CellOutcome.Value)
            {
                return problem;
            }

            end = period.Last;
        }

        return end < start
            ? new Problem("date.order", names[endAt], batch.Text(row, endAt) ?? "", $"a day not before the start, {start:yyyy-MM-dd}", "Correct start or end.")
            : null;
    }

    // A blank quantity is a problem of its own: missing is not zero.
    private bool TryNumber(RowBatch batch, int row, int column, out decimal value, out Problem? problem)
    {
        var outcome = table.Number(column, batch.Field(row, column), batch.IsTyped(row, column), out value, out problem);
        if (outcome == CellOutcome.Blank)
        {
            problem = NumberText.Describe(NumberProblem.Blank, batch.Field(row, column), table.Columns[column].Name);
        }

        return outcome == CellOutcome.Value;
    }

    private Problem? Quality(RowBatch batch, int row, out int? quality)
    {
        var field = batch.Field(row, qualityAt);
        quality = field.IsEmpty ? null
            : field.Length == 1 && field[0] is >= (byte)'1' and <= (byte)'5' ? field[0] - '0'
            : QualityText.Read(Encoding.UTF8.GetString(field), table.Columns[qualityAt].Name);
        return quality is null && !field.IsEmpty
            ? new Problem("quality.unknown", "quality", Encoding.UTF8.GetString(field), "1 (measured) to 5 (guessed), or actual, or estimated", "Correct quality, or leave it blank.")
            : null;
    }
}
