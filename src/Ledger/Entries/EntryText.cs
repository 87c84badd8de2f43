using System.Text;
using System.Text.Json;

namespace OffGridFlow.Ledger.Entries;

/// <summary>
/// The canonical bytes of an entry: one line of JSON, members in this order, all of them always, decimals as text without trailing
/// zeros. They are what a leaf is the hash of and what an evidence bundle has as the entry's line, so an auditor hashes what he reads.
/// </summary>
/// <remarks>The run's number is not in them: the run's hash holds it, and the root. Filled again with each entry; one for each thread.</remarks>
internal sealed class EntryText
{
    private byte[] bytes = new byte[2048];
    private int used;

    /// <summary>The entry's bytes, good until the next call.</summary>
    public ReadOnlySpan<byte> Of(in Entry entry)
    {
        used = 0;
        Number("{\"line\":"u8, entry.Line);
        Put(",\"month\":\""u8);
        Month(entry.Month);
        Put("\",\"type\":\""u8);
        Put(entry.Type switch { EntryType.Posting => "posting"u8, EntryType.Reversal => "reversal"u8, EntryType.Adjustment => "adjustment"u8 });
        Put("\",\"reverses\":"u8);
        if (entry.ReversesRun == 0)
        {
            Put("null"u8);
        }
        else
        {
            Number("\""u8, entry.ReversesRun);
            Number("-"u8, entry.ReversesLine);
            Put("\""u8);
        }

        Text(",\"reason\":"u8, entry.Reason);
        Id(",\"activity\":"u8, entry.ActivityId);
        Number(",\"version\":"u8, entry.ActivityVersion);
        Number(",\"slot\":"u8, entry.Slot);
        Number(",\"revision\":"u8, entry.Revision);
        Id(",\"entity\":"u8, entry.EntityId);
        Id(",\"facility\":"u8, entry.FacilityId);
        Text(",\"kind\":"u8, entry.Kind);
        Number(",\"scope\":"u8, entry.Scope);
        if (entry.Category is { } category)
        {
            Number(",\"category\":"u8, category);
        }
        else
        {
            Put(",\"category\":null"u8);
        }

        Put(entry.Basis switch { Basis.Single => ",\"basis\":\"single\""u8, Basis.Location => ",\"basis\":\"location\""u8, Basis.Market => ",\"basis\":\"market\""u8 });
        Text(",\"role\":"u8, entry.Role);
        Put(entry.IsEstimated ? ",\"status\":\"estimated\""u8 : ",\"status\":\"calculated\""u8);
        Id(",\"calculation\":"u8, entry.CalculationId);
        Id(",\"workings\":"u8, entry.WorkingsId);
        Decimal(",\"quantity\":\""u8, entry.Quantity);
        if (entry.WholeQuantity is { } whole)
        {
            Decimal("\",\"whole_quantity\":\""u8, whole);
            Decimal("\",\"co2e_kg\":\""u8, entry.Co2eKg);
        }
        else
        {
            Decimal("\",\"whole_quantity\":null,\"co2e_kg\":\""u8, entry.Co2eKg);
        }

        Decimal("\",\"low_kg\":\""u8, entry.LowKg);
        Decimal("\",\"high_kg\":\""u8, entry.HighKg);
        Decimal("\",\"biogenic_co2_kg\":\""u8, entry.BiogenicCo2Kg);
        Put("\",\"gases_kg\":["u8);
        var first = true;
        foreach (var mass in entry.GasesKg)
        {
            Decimal(first ? "\""u8 : ",\""u8, mass);
            Put("\""u8);
            first = false;
        }

        Put("]}"u8);
        return bytes.AsSpan(0, used);
    }

    private void Put(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        used += text.Length;
    }

    private void Number(ReadOnlySpan<byte> before, long value)
    {
        Put(before);
        value.TryFormat(Room(20), out var length, default, System.Globalization.CultureInfo.InvariantCulture);
        used += length;
    }

    private void Decimal(ReadOnlySpan<byte> before, decimal value)
    {
        Put(before);
        used += DecimalText.Write(value, Room(DecimalText.Room));
    }

    private void Month(DateOnly month)
    {
        month.TryFormat(Room(10), out var length, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        used += length;
    }

    private void Id(ReadOnlySpan<byte> before, Guid? id)
    {
        Put(before);
        if (id is not { } value)
        {
            Put("null"u8);
            return;
        }

        Put("\""u8);
        value.TryFormat(Room(36), out var length);
        used += length;
        Put("\""u8);
    }

    // Kinds and roles are plain; a person's reason may hold anything.
    private void Text(ReadOnlySpan<byte> before, string? text)
    {
        Put(before);
        if (text is null)
        {
            Put("null"u8);
            return;
        }

        if (!text.AsSpan().ContainsAnyExcept(Plain))
        {
            Put("\""u8);
            used += Encoding.UTF8.GetBytes(text, Room(text.Length));
            Put("\""u8);
            return;
        }

        Put(JsonSerializer.SerializeToUtf8Bytes(text, Calculations.CalculationBody.Canonical));
    }

    private static readonly System.Buffers.SearchValues<char> Plain =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_ ");

    private Span<byte> Room(int length)
    {
        if (used + length > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, used + length));
        }

        return bytes.AsSpan(used);
    }
}
