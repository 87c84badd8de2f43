using System.Buffers.Binary;
using System.Text;

namespace OffGridFlow.App.Tests.Intake;

/// <summary>The outer shape of a workbook that Excel saved with a password (MS-OFFCRYPTO, agile encryption, in a compound file).</summary>
internal static class EncryptedWorkbook
{
    private const int Sector = 512;
    private const int StreamSectors = 8;
    private const string Zeros16 = "AAAAAAAAAAAAAAAAAAAAAA==";
    private const string Zeros32 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private const string Info =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"
        + "<encryption xmlns=\"http://schemas.microsoft.com/office/2006/encryption\" xmlns:p=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\">"
        + "<keyData saltSize=\"16\" blockSize=\"16\" keyBits=\"256\" hashSize=\"64\" cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"SHA512\" saltValue=\"" + Zeros16 + "\"/>"
        + "<keyEncryptors><keyEncryptor uri=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\">"
        + "<p:encryptedKey spinCount=\"1\" saltSize=\"16\" blockSize=\"16\" keyBits=\"256\" hashSize=\"64\" cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"SHA512\" saltValue=\"" + Zeros16
        + "\" encryptedVerifierHashInput=\"" + Zeros16 + "\" encryptedVerifierHashValue=\"" + Zeros32 + "\" encryptedKeyValue=\"" + Zeros32 + "\"/>"
        + "</keyEncryptor></keyEncryptors></encryption>";

    public static byte[] Bytes()
    {
        var file = new byte[Sector * (1 + 2 + (2 * StreamSectors))];
        Header(file);
        Chains(file.AsSpan(Sector, Sector));
        var directory = file.AsSpan(2 * Sector, Sector);
        Entry(directory[..128], "Root Entry", type: 5, child: 1, right: -1, start: -2, size: 0);
        Entry(directory[128..256], "EncryptionInfo", type: 2, child: -1, right: 2, start: 2, size: StreamSectors * Sector);
        Entry(directory[256..384], "EncryptedPackage", type: 2, child: -1, right: -1, start: 2 + StreamSectors, size: StreamSectors * Sector);

        var info = file.AsSpan(3 * Sector, StreamSectors * Sector);
        info.Fill((byte)' ');
        BinaryPrimitives.WriteUInt16LittleEndian(info, 4);
        BinaryPrimitives.WriteUInt16LittleEndian(info[2..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(info[4..], 0x40);
        Encoding.UTF8.GetBytes(Info, info[8..]);
        return file;
    }

    private static void Header(Span<byte> file)
    {
        ((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]).CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file[24..], 0x3E);
        BinaryPrimitives.WriteUInt16LittleEndian(file[26..], 3);
        BinaryPrimitives.WriteUInt16LittleEndian(file[28..], 0xFFFE);
        BinaryPrimitives.WriteUInt16LittleEndian(file[30..], 9);
        BinaryPrimitives.WriteUInt16LittleEndian(file[32..], 6);
        BinaryPrimitives.WriteInt32LittleEndian(file[44..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(file[48..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(file[56..], 4096);
        BinaryPrimitives.WriteInt32LittleEndian(file[60..], -2);
        BinaryPrimitives.WriteInt32LittleEndian(file[68..], -2);
        file[76..Sector].Fill(0xFF);
        BinaryPrimitives.WriteInt32LittleEndian(file[76..], 0);
    }

    // Sector 0 is this table, sector 1 the directory, then the two streams one after the other.
    private static void Chains(Span<byte> table)
    {
        table.Fill(0xFF);
        BinaryPrimitives.WriteInt32LittleEndian(table, -3);
        BinaryPrimitives.WriteInt32LittleEndian(table[4..], -2);
        for (var i = 2; i < 2 + (2 * StreamSectors); i++)
        {
            var last = (i - 2) % StreamSectors == StreamSectors - 1;
            BinaryPrimitives.WriteInt32LittleEndian(table[(4 * i)..], last ? -2 : i + 1);
        }
    }

    private static void Entry(Span<byte> entry, string name, byte type, int child, int right, int start, int size)
    {
        Encoding.Unicode.GetBytes(name, entry);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[64..], (ushort)((name.Length + 1) * 2));
        entry[66] = type;
        entry[67] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(entry[68..], -1);
        BinaryPrimitives.WriteInt32LittleEndian(entry[72..], right);
        BinaryPrimitives.WriteInt32LittleEndian(entry[76..], child);
        BinaryPrimitives.WriteInt32LittleEndian(entry[116..], start);
        BinaryPrimitives.WriteInt32LittleEndian(entry[120..], size);
    }
}
