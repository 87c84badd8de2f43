namespace OffGridFlow.Activities;

/// <summary>One version of an activity, as it was recorded.</summary>
/// <param name="ActivityId">The same for all versions.</param>
/// <param name="Version">1, 2, 3 …; the last one counts.</param>
/// <param name="ImportId">What delivered this version.</param>
/// <param name="RowNo">Its row of the file, or its place in the request.</param>
/// <param name="Kind">Key of a kind.</param>
/// <param name="Quantity">In <paramref name="Unit"/>; negative for a credit.</param>
/// <param name="Unit">Symbol of a unit.</param>
/// <param name="Region">Code of a place: the row's, else its facility's, else null.</param>
/// <param name="StartOn">First day.</param>
/// <param name="EndOn">Last day.</param>
/// <param name="Quality">1 (measured) to 5 (guessed), or null.</param>
/// <param name="EntityId">Legal entity, or null.</param>
/// <param name="FacilityId">Site, or null.</param>
/// <param name="Meter">What measured it, or null.</param>
/// <param name="FactorId">The factor the row insists on, or null.</param>
/// <param name="FactorValue">kg CO2e per unit that the row brings along, or null.</param>
/// <param name="Columns">Named columns, figures in plain decimals; and id, supplier and note.</param>
/// <param name="Disposition"><see cref="Factors.Disposition.Calculated"/> or <see cref="Factors.Disposition.Estimated"/> when it was read.</param>
/// <param name="Withdrawn">Whether this version takes the activity away.</param>
/// <param name="RecordedAt">When this version was written.</param>
/// <param name="RecordedBy">By whom.</param>
public sealed record StoredActivity(
    Guid ActivityId,
    int Version,
    Guid ImportId,
    long RowNo,
    string Kind,
    decimal Quantity,
    string Unit,
    string? Region,
    DateOnly StartOn,
    DateOnly EndOn,
    int? Quality,
    Guid? EntityId,
    Guid? FacilityId,
    string? Meter,
    string? FactorId,
    decimal? FactorValue,
    IReadOnlyDictionary<string, string> Columns,
    Disposition Disposition,
    bool Withdrawn,
    DateTimeOffset RecordedAt,
    string RecordedBy)
{
    /// <summary>The middle of its dates: decides under which period's policy it is planned when it lies within one year.</summary>
    public DateOnly Day => StartOn.AddDays((EndOn.DayNumber - StartOn.DayNumber) / 2);

    /// <summary>As the estimator takes it, with every name looked up again.</summary>
    /// <exception cref="InvalidDataException">The library no longer knows its kind, unit or place.</exception>
    public Activity ToActivity(ReferenceData data) => new()
    {
        Kind = data.Kinds.Find(Kind) ?? throw Unknown("kind", Kind),
        Quantity = Quantity,
        Unit = data.Units.Find(Unit).Unit ?? throw Unknown("unit", Unit),
        Region = Region is null ? null : data.Regions.Find(Region) ?? throw Unknown("place", Region),
        Start = StartOn,
        End = EndOn,
        Quality = Quality,
        Factor = FactorId,
        FactorValue = FactorValue,
        Columns = Columns,
    };

    private InvalidDataException Unknown(string what, string name) =>
        new($"Activity {ActivityId}, version {Version}: the library knows no {what} '{name}' (any more).");
}
