using OffGridFlow.Engine.Proof;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Posting;
using static OffGridFlow.Ledger.Bundles.VerifyBundle;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>Recomputes every entry from its activity's quantity and its factor, and every run's root from its entries.</summary>
internal sealed class EntryChecks(
    BundleLines lines, BundleContext context, Dictionary<long, (string Root, int Entries)> runs, ActivityIndex activities, Dictionary<Guid, CalculationChecks.Checked> calculations)
{
    // No entry's line is shorter: what the manifest says beyond that is not believed.
    private const int ShortestLine = 400;

    private readonly WorkingsIndex workings = new(lines);
    private readonly ThreadLocal<EntryText> text = new(() => new EntryText());

    // What became of a line: the beginning of a run, a leaf, or an entry's line with its own difference.
    private sealed record Outcome(long Run, byte[]? Leaf, int Line, EntryKey Key, DifferenceException? Difference, string Where);

    /// <param name="expected">Entries, going by the manifest.</param>
    public void All(long expected, Tally tally)
    {
        var seen = new NumberSet(Math.Min(expected, lines.SizeOf(BundleFormat.Entries) / ShortestLine));
        var (run, count) = (0L, 0);
        var leaves = new List<byte>();
        foreach (var line in lines.Of(BundleFormat.Entries, Work))
        {
            if (line.Difference is { } found)
            {
                var (what, where, was, should) = found.Difference;
                throw line.Line == 0 ? found : new DifferenceException(what, FormattableString.Invariant($"entry {run}-{count + 1} ({where})"), was, should);
            }

            if (line.Leaf is null)
            {
                Finish();
                Equal("order of runs", line.Where, line.Run > run, true);
                (run, count) = (line.Run, 0);
                leaves.Clear();
                continue;
            }

            count++;
            leaves.AddRange(line.Leaf);
            if (line.Line == 0)
            {
                continue;
            }

            var name = FormattableString.Invariant($"entry {run}-{count} ({line.Where})");
            Equal("line of an entry", name, line.Line, count);
            Once(line.Key, seen, name);
            tally.Entries++;
        }

        Finish();

        void Finish()
        {
            if (run == 0)
            {
                return;
            }

            var where = FormattableString.Invariant($"run {run}");
            var known = runs.TryGetValue(run, out var stated) ? stated : throw new DifferenceException("run of entries", where, "entries", $"no line of {BundleFormat.Runs}");
            Equal("entries of a run", where, count, known.Entries);
            Equal("Merkle root", where, known.Root, Convert.ToHexStringLower(MerkleTree.Root(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(leaves))));
        }
    }

    // On any core; what depends on the lines before is left to the caller.
    private Outcome Work(ReadOnlySpan<byte> line, string where)
    {
        if (line.StartsWith("{\"run\":"u8))
        {
            return new Outcome(BundleFormat.Read<BundleRun>(line, where).Run, null, 0, default, null, where);
        }

        if (line[0] == (byte)'"')
        {
            var other = Convert.FromHexString(BundleFormat.Read<string>(line, where));
            return other.Length == MerkleTree.Size ? new Outcome(0, other, 0, default, null, where) : throw new DifferenceException("form of a line", where, $"{other.Length} bytes", "the hash of a leaf");
        }

        var entry = EntryLine.Read(line, text.Value!, where);
        var key = default(EntryKey);
        DifferenceException? difference = null;
        try
        {
            key = Check(entry, where);
        }
        catch (DifferenceException found)
        {
            difference = found;
        }

        return new Outcome(0, MerkleTree.Leaf(line), entry.Line, key, difference, where);
    }

    private EntryKey Check(in Entry entry, string name)
    {
        if (entry.Month < MonthShares.MonthOf(context.From) || entry.Month > context.To || entry.Month.Day != 1)
        {
            throw new DifferenceException("month of an entry", name, FormattableString.Invariant($"{entry.Month:yyyy-MM-dd}"), "a month of the period");
        }

        if (!calculations.TryGetValue(entry.CalculationId, out var calculation))
        {
            throw new DifferenceException("calculation of an entry", name, entry.CalculationId.ToString(), $"a line of {BundleFormat.Calculations} with this hash");
        }

        var body = calculation.Body;
        Equal("scope", name, (int)entry.Scope, body.Scope);
        Equal("category", name, (int?)entry.Category, body.Category);
        Equal("role", name, entry.Role, body.Role);
        Equal("basis", name, entry.Basis, body.Basis);
        var computed = entry;
        computed.Compute(calculation.Formula);
        Equal("kg CO2e", name, entry.Co2eKg, computed.Co2eKg);
        Equal("low end, kg CO2e", name, entry.LowKg, computed.LowKg);
        Equal("high end, kg CO2e", name, entry.HighKg, computed.HighKg);
        Equal("kg biogenic CO2", name, entry.BiogenicCo2Kg, computed.BiogenicCo2Kg);
        Equal("number of gases", name, entry.GasesKg.Length, computed.GasesKg.Length);
        for (var i = 0; i < entry.GasesKg.Length; i++)
        {
            if (entry.GasesKg[i] != computed.GasesKg[i])
            {
                Equal($"kg {calculation.Formula.GasNames[i]}", name, entry.GasesKg[i], computed.GasesKg[i]);
            }
        }

        Equal("what an entry takes back", name, entry.ReversesRun == 0, entry.Type != EntryType.Reversal);
        var activity = activities.Find(entry.ActivityId, entry.ActivityVersion, name);
        if (entry.Type != EntryType.Adjustment)
        {
            Source(entry, body, activity, name);
        }

        var month = ((entry.Month.Year - context.From.Year) * 12) + entry.Month.Month - context.From.Month;
        return EntryKey.Of(activity, entry.Slot, entry.Revision, month, entry.Type) ?? throw new DifferenceException(
            "place of an entry", name, FormattableString.Invariant($"slot {entry.Slot}, revision {entry.Revision}"), "0 or more");
    }

    // The same part of the same activity counts once; what is taken back was there before, and is taken back at most once.
    private void Once(EntryKey key, NumberSet seen, string name)
    {
        activities[key.Activity].IsPosted |= key.Type != EntryType.Adjustment;
        if (!seen.Add(key.Number))
        {
            throw new DifferenceException("entry", name, "the same part of the same activity a second time", "once");
        }

        if (key.Type == EntryType.Reversal && !seen.Has(key.As(EntryType.Posting)) && !seen.Has(key.As(EntryType.Adjustment)))
        {
            throw new DifferenceException("what an entry takes back", name, "nothing", "an entry before it");
        }
    }

    private void Source(in Entry entry, CalculationBody body, int at, string name)
    {
        ref var activity = ref activities[at];
        Equal("kind", name, entry.Kind, activities.Text(activity.Kind));
        Equal("entity", name, entry.EntityId, activities.Id(activity.Entity));
        Equal("facility", name, entry.FacilityId, activities.Id(activity.Facility));
        var sign = entry.Type == EntryType.Reversal ? -1m : 1m;
        decimal? stated = null;
        if (entry.WorkingsId is { } id)
        {
            var own = workings.Find(id, name);
            Equal("quantity in the workings", name, own.Quantity, activity.Quantity);
            Equal("unit in the workings", name, own.Unit, activities.Text(activity.Unit));
            stated = WorkingsIndex.QuantityOf(own, entry.Slot, name);
        }
        else
        {
            Equal("unit", name, body.QuantityUnit, activities.Text(activity.Unit));
        }

        if (body.Factor.Id == "row:factor_value" && entry.Basis != Basis.Market)
        {
            Equal("the row's own factor", name, body.Formula.Co2ePerUnit, activities.FactorValue(activity.FactorValue) ?? -1m);
        }

        var expected = Quantities(activity, stated, entry.Month);
        if (!expected.Contains((sign * entry.Quantity, sign * entry.WholeQuantity)))
        {
            throw new DifferenceException("quantity", name, Text((entry.Quantity, entry.WholeQuantity)), expected.Count == 0 ? "none in this month" : Text((sign * expected[0].Quantity, sign * expected[0].Whole)));
        }

        static string Text((decimal Quantity, decimal? Whole) share) => share.Whole is { } whole ? FormattableString.Invariant($"{share.Quantity} of {whole}") : FormattableString.Invariant($"{share.Quantity}");
    }

    // What the month's share can be: of the whole activity, or of its part in the fiscal year, for such parts are planned for themselves.
    private List<(decimal Quantity, decimal? Whole)> Quantities(in ActivityIndex.Row activity, decimal? stated, DateOnly month)
    {
        var found = new List<(decimal, decimal?)>(2);
        var months = new List<(DateOnly Month, decimal Quantity)>(1);
        Share(stated ?? activity.Quantity, activity.Start, activity.End);
        if (stated is null)
        {
            var left = activity.Quantity;
            var days = activity.End.DayNumber - activity.Start.DayNumber + 1;
            for (var from = activity.Start; from <= activity.End;)
            {
                var day = from;
                var year = context.FiscalYears.FirstOrDefault(one => one.From <= day && day <= one.To);
                var to = year is null || year.To > activity.End ? activity.End : year.To;
                var quantity = to == activity.End ? left : decimal.Round(activity.Quantity * (to.DayNumber - from.DayNumber + 1) / days, Math.Max((int)activity.Quantity.Scale, 6));
                left -= quantity;
                Share(quantity, from, to);
                from = to.AddDays(1);
            }
        }

        return found;

        void Share(decimal whole, DateOnly start, DateOnly end)
        {
            MonthShares.Of(whole, start, end, months);
            foreach (var (at, quantity) in months)
            {
                if (at == month)
                {
                    found.Add((quantity, months.Count > 1 ? whole : null));
                }
            }
        }
    }
}
