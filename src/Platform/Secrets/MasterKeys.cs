using System.Security.Cryptography;

namespace OffGridFlow.Platform.Secrets;

/// <summary>
/// The keys that seal tenants' data keys. They are never in the database: who has the one without the other has nothing. They come from
/// <c>OFFGRIDFLOW_MASTER_KEYS</c>, such as <c>2026:base64,2025:base64</c>, the first in force and the others to open what they once sealed;
/// else from a file of the state folder that is made on first start and that only the program's user can read.
/// </summary>
public sealed class MasterKeys
{
    /// <summary>Names the keys, 32 bytes each in base64.</summary>
    public const string Variable = "OFFGRIDFLOW_MASTER_KEYS";

    private const int Bytes = 32;

    private readonly Dictionary<string, byte[]> byName;

    private MasterKeys(IReadOnlyList<(string Name, byte[] Key)> keys)
    {
        Current = keys[0].Name;
        byName = keys.ToDictionary(key => key.Name, key => key.Key, StringComparer.Ordinal);
    }

    /// <summary>The name of the one in force.</summary>
    public string Current { get; }

    /// <summary>The keys of the environment, else of the state folder.</summary>
    /// <exception cref="InvalidDataException">They are not of the form; the message says which and never shows a key.</exception>
    public static MasterKeys Of(string stateFolder) =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? Read(named, Variable) : FromFile(Path.Combine(stateFolder, "keys", "master"));

    /// <summary>Keys as the variable writes them.</summary>
    /// <exception cref="InvalidDataException">They are not of the form.</exception>
    public static MasterKeys Read(string text, string source)
    {
        var keys = new List<(string, byte[])>();
        foreach (var part in text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var key = new byte[Bytes];
            if (colon < 1 || !Convert.TryFromBase64String(part[(colon + 1)..], key, out var length) || length != Bytes || keys.Exists(one => one.Item1 == part[..colon]))
            {
                throw new InvalidDataException($"Key {keys.Count + 1} of {source} is no name, a colon and {Bytes} bytes in base64, or its name stands there twice.");
            }

            keys.Add((part[..colon], key));
        }

        return keys.Count > 0 ? new MasterKeys(keys) : throw new InvalidDataException($"{source} names no key.");
    }

    /// <summary>Seals a data key with the key in force.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> of) => AesGcmBox.Seal(byName[Current], dataKey, of);

    /// <summary>Opens a data key.</summary>
    /// <exception cref="CryptographicException">The master key is not among ours, or the data key was changed.</exception>
    public byte[] Unwrap(string master, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> of) => byName.TryGetValue(master, out var key)
        ? AesGcmBox.Open(key, wrapped, of)
        : throw new CryptographicException($"The master key {master} is not among those of {Variable}: add it, so that what it sealed can be opened.");

    private static MasterKeys FromFile(string path)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var made = path + "." + Guid.CreateVersion7().ToString("N");
            using (var file = new FileStream(made, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OperatingSystem.IsWindows() ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes($"first:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes))}\n"));
                file.Flush(flushToDisk: true);
            }

            try
            {
                // Whoever comes second keeps what the first has made.
                File.Move(made, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(made);
            }
        }

        return Read(File.ReadAllText(path), path);
    }
}
