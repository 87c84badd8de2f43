using System.Globalization;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.Platform.Messaging;

/// <summary>A page of a list that runs back in time by its time-ordered ids.</summary>
/// <param name="Before">Items of lower ids.</param>
/// <param name="Limit">At most so many; one more is read to see whether the list goes on.</param>
internal sealed record IdPage(Guid Before, int Limit)
{
    internal static Result<IdPage> Read(string? cursor, int? limit)
    {
        if (limit is < 1 or > Cursor.MostLimit)
        {
            return new Problem(
                "page.limit", "limit", limit.Value.ToString(CultureInfo.InvariantCulture), $"1 to {Cursor.MostLimit}", $"Leave it out for {Cursor.DefaultLimit}.");
        }

        var before = Guid.AllBitsSet;
        return cursor is null || (Cursor.Read(cursor, 1) is [var id] && Guid.TryParse(id, out before))
            ? new IdPage(before, limit ?? Cursor.DefaultLimit)
            : Cursor.Bad(cursor);
    }

    internal Page<T> Of<T>(IReadOnlyList<T> found, Func<T, Guid> id) => found.Count <= Limit
        ? new Page<T>(found, null)
        : new Page<T>([.. found.Take(Limit)], Cursor.Write(id(found[Limit - 1]).ToString()));
}
