using static OffGridFlow.Ledger.Bundles.VerifyBundle;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>Reads the imported files again: each row's quantity must be its activity's.</summary>
internal static class FileChecks
{
    public static void All(ZipReader zip, BundleLines lines, BundleContext context, ActivityIndex activities, string scratch, Tally tally)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (line, where) in lines.Of(BundleFormat.Imports))
        {
            var import = BundleFormat.Read<ImportEvidence>(line.Span, where);
            if (import.Sha256 is not { } sha256)
            {
                continue;
            }

            named.Add(BundleFormat.Files + sha256);
            if (!zip.ByName.TryGetValue(BundleFormat.Files + sha256, out var member))
            {
                throw new DifferenceException("file of an import", where, "nothing", BundleFormat.Files + sha256);
            }

            var path = Path.Combine(scratch, Guid.CreateVersion7().ToString("N"));
            try
            {
                using (var unpacked = File.Create(path))
                {
                    zip.Unpack(member, unpacked);
                }

                Compare(path, import, context, activities, tally);
            }
            finally
            {
                File.Delete(path);
            }
        }

        foreach (var member in zip.Members)
        {
            if (member.Name.StartsWith(BundleFormat.Files, StringComparison.Ordinal) && !named.Contains(member.Name))
            {
                throw new DifferenceException("file", member.Name, "a file no import names", "none");
            }
        }
    }

    private static void Compare(string path, ImportEvidence import, BundleContext context, ActivityIndex activities, Tally tally)
    {
        // Only the first version is the file's: later ones are corrections, which other imports brought.
        using var wanted = activities.OfImport(import.ImportId).Where(row => row.Version == 1).GetEnumerator();
        var more = wanted.MoveNext();
        try
        {
            foreach (var (row, quantity) in ImportedFile.Quantities(path, import.FileName, import.Options, context.FiscalYearStart))
            {
                if (!more)
                {
                    break;
                }

                if (row > wanted.Current.RowNo)
                {
                    break;
                }

                if (row == wanted.Current.RowNo)
                {
                    Equal("quantity in the file", FormattableString.Invariant($"{import.FileName}, row {row} (activity {wanted.Current.ActivityId})"), wanted.Current.Quantity, quantity);
                    tally.FileRows++;
                    more = wanted.MoveNext();
                }
            }
        }
        catch (Exception broken) when (broken is InvalidDataException or System.Text.Json.JsonException)
        {
            throw new DifferenceException("file of an import", $"{import.FileName} ({import.Sha256})", "what cannot be read as a table", broken.Message);
        }

        if (more)
        {
            throw new DifferenceException("row of an activity", FormattableString.Invariant($"{import.FileName}, row {wanted.Current.RowNo} (activity {wanted.Current.ActivityId})"), FormattableString.Invariant($"{wanted.Current.Quantity}"), "no such row with a quantity in the file");
        }
    }
}
