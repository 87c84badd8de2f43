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
    private readonly Dictionary<Guid, Workings> workings = [];
    private readonly HashSet<UInt128> seen = [];
    private readonly List<(DateOnly Month, decimal Quantity)> months = [];

    public void All(Tally tally)
    {
        foreach (var (line, where) in lines.Of(BundleFormat.Workings))
        {
            workings[Calculation.IdOf(System.Text.Encoding.UTF8.GetString(line.Span))] = BundleFormat.Read<Workings>(line.Span, where);
        }

        var (run, count) = (0L, 0);
        var leaves = new List<byte>();
        var leaf = new byte[MerkleTree.Size];
        foreach (var (line, where) in lines.Of(BundleFormat.Entries))
        {
            if (line.Span.StartsWith("{\"run\":"u8))
            {
                Finish();
                var next = BundleFormat.Read<BundleRun>(line.Span, where).Run;
                if (next <= run)
                {
                    throw new DifferenceException("order of runs", where, FormattableString.Invariant($"run {next}"), FormattableString.Invariant($"a run after {run}"));
                }

                (run, count) = (next, 0);
                leaves.Clear();
                continue;
            }

            count++;
            if (line.Span[0] == (byte)'"')
            {
                leaves.AddRange(Convert.FromHexString(BundleFormat.Read<string>(line.Span, where)));
                continue;
            }

            var entry = BundleFormat.Read<EntryLine>(line.Span, where).Entry();
            var name = FormattableString.Invariant($"entry {run}-{count} ({where})");
            Equal("line of an entry", name, entry.Line, count);
            Check(entry, name);
            MerkleTree.Leaf(line.Span, leaf);
            leaves.AddRange(leaf);
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

    private void Check(in Entry entry, string name)
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
        Once(entry, name);
        var computed = entry;
        computed.Compute(calculation.Formula);
        Equal("kg CO2e", name, entry.Co2eKg, computed.Co2eKg);
        Equal("low end, kg CO2e", name, entry.LowKg, computed.LowKg);
        Equal("high end, kg CO2e", name, entry.HighKg, computed.HighKg);
        Equal("kg biogenic CO2", name, entry.BiogenicCo2Kg, computed.BiogenicCo2Kg);
        Equal("number of gases", name, entry.GasesKg.Length, computed.GasesKg.Length);
        for (var i = 0; i < entry.GasesKg.Length; i++)
        {
            Equal($"kg {calculation.Formula.GasNames[i]}", name, entry.GasesKg[i], computed.GasesKg[i]);
        }

        Equal("what an entry takes back", name, entry.ReversesRun == 0, entry.Type != EntryType.Reversal);
        if (entry.Type != EntryType.Adjustment)
        {
            Source(entry, body, name);
        }
    }

    // The same part of the same activity counts once, and is taken back at most once.
    private void Once(in Entry entry, string name)
    {
        Span<byte> key = stackalloc byte[32];
        entry.ActivityId.TryWriteBytes(key);
        BitConverter.TryWriteBytes(key[16..], entry.ActivityVersion);
        BitConverter.TryWriteBytes(key[20..], entry.Slot);
        BitConverter.TryWriteBytes(key[22..], entry.Revision);
        BitConverter.TryWriteBytes(key[24..], entry.Month.DayNumber);
        BitConverter.TryWriteBytes(key[28..], (int)entry.Type);
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(key, hash);
        if (!seen.Add(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash)))
        {
            throw new DifferenceException("entry", name, FormattableString.Invariant($"activity {entry.ActivityId}, version {entry.ActivityVersion}, slot {entry.Slot}, revision {entry.Revision} a second time in {entry.Month:yyyy-MM}"), "once");
        }
    }

    private void Source(in Entry entry, CalculationBody body, string name)
    {
        ref var activity = ref activities.Of(entry.ActivityId, entry.ActivityVersion, name);
        activity.IsPosted = true;
        Equal("kind", name, entry.Kind, activity.Kind);
        Equal("entity", name, entry.EntityId, activity.Entity);
        Equal("facility", name, entry.FacilityId, activity.Facility);
        var sign = entry.Type == EntryType.Reversal ? -1m : 1m;
        decimal? stated = null;
        if (entry.WorkingsId is { } id)
        {
            if (!workings.TryGetValue(id, out var own))
            {
                throw new DifferenceException("workings of an entry", name, id.ToString(), $"a line of {BundleFormat.Workings} with this hash");
            }

            Equal("quantity in the workings", name, own.Quantity, activity.Quantity);
            Equal("unit in the workings", name, own.Unit, activity.Unit);
            stated = entry.Slot >= 0 && entry.Slot < own.Quantities.Count
                ? own.Quantities[entry.Slot]
                : throw new DifferenceException("quantity in the workings", name, FormattableString.Invariant($"slot {entry.Slot}"), FormattableString.Invariant($"one of {own.Quantities.Count}"));
        }
        else
        {
            Equal("unit", name, body.QuantityUnit, activity.Unit);
        }

        if (body.Factor.Id == "row:factor_value" && entry.Basis != Basis.Market)
        {
            Equal("the row's own factor", name, body.Formula.Co2ePerUnit, activity.FactorValue ?? -1m);
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
