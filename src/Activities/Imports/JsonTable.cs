using System.Globalization;
using System.Text;
using System.Text.Json;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.Activities.Imports;

/// <summary>Activities of a request's body as a table, so that they are read like a file's rows: a member is a column, an item a row.</summary>
internal static class JsonTable
{
    /// <summary>The client's own key of a row: the same key twice is the same activity.</summary>
    public const string KeyColumn = "source_key";

    /// <param name="items">Objects; anything else is a row with a problem.</param>
    /// <param name="fiscalYearStart">Month.</param>
    public static ActivityTable Of(IReadOnlyList<JsonElement> items, int fiscalYearStart)
    {
        var names = items.Where(item => item.ValueKind == JsonValueKind.Object).SelectMany(item => item.EnumerateObject()).Select(member => member.Name)
            .Concat(KnownColumns.Required).Distinct(StringComparer.Ordinal).ToArray();
        var header = TableHeader.Find([names], KnownColumns.Shipped);
        var source = new TableSource(header, [0], [names], null, null, [], _ => new ItemRows(items, names));
        return ActivityTable.Of(source, new IntakeOptions(DecimalStyle.Point, DateOrder.DayMonth, fiscalYearStart));
    }

    private sealed class ItemRows(IReadOnlyList<JsonElement> items, string[] names) : TableRows
    {
        private readonly Dictionary<string, int> places = names.Select((name, place) => (name, place)).ToDictionary(pair => pair.name, pair => pair.place, StringComparer.Ordinal);
        private readonly byte[]?[] cells = new byte[names.Length][];
        private readonly bool[] typed = new bool[names.Length];

        public override bool Next()
        {
            if (Number == items.Count)
            {
                return false;
            }

            Array.Clear(cells);
            Array.Clear(typed);
            (Problem, CellCount) = (null, names.Length);
            var item = items[Number++];
            if (item.ValueKind != JsonValueKind.Object)
            {
                Problem = Bad("activity", item, "an object with kind, quantity and unit");
                return true;
            }

            foreach (var member in item.EnumerateObject())
            {
                var place = places[member.Name];
                switch (member.Value.ValueKind)
                {
                    case JsonValueKind.Number:
                        // 1e3 is a JSON number and no way to write one in a table.
                        var plain = member.Value.TryGetDecimal(out var number) ? number.ToString(CultureInfo.InvariantCulture) : member.Value.GetRawText();
                        (cells[place], typed[place]) = (Encoding.UTF8.GetBytes(plain), true);
                        break;
                    case JsonValueKind.String:
                        cells[place] = Encoding.UTF8.GetBytes(member.Value.GetString()!.Replace('\0', '\ufffd'));
                        break;
                    case JsonValueKind.True or JsonValueKind.False:
                        cells[place] = Encoding.UTF8.GetBytes(member.Value.GetRawText());
                        break;
                    case JsonValueKind.Null:
                        break;
                    default:
                        Problem ??= Bad(member.Name, member.Value, "text or a number");
                        break;
                }
            }

            Problem ??= IsBlank() ? Bad("activity", item, "an object with kind, quantity and unit") : null;
            return true;
        }

        public override ReadOnlySpan<byte> Cell(int column) => column < cells.Length ? cells[column] : default;

        public override bool IsTyped(int column) => column < typed.Length && typed[column];

        public override void Dispose()
        {
        }

        private static Problem Bad(string column, JsonElement found, string expected)
        {
            var text = found.GetRawText();
            return new Problem("field.form", column, text.Length > 100 ? text[..100] : text, expected, "Correct the item.");
        }
    }
}
