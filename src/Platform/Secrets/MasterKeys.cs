using System.Security.Cryptography;
using System.Text;

namespace OffGridFlow.Platform.Secrets;

/// <summary>
/// Master keys in a place of the operator's. They are never in the database: who has the one without the other has nothing. They come from
/// <c>OFFGRIDFLOW_MASTER_KEYS</c>, such as <c>2026:base64,2025:base64</c>, the first in force and the others to open what they once sealed;
/// else from a file of the state folder that is made on first start and that only the program's user can read. The file is read again when it has changed.
/// </summary>
public sealed class MasterKeys : IMasterKeys
{
    /// <summary>Names the keys, 32 bytes each in base64.</summary>
    public const string Variable = "OFFGRIDFLOW_MASTER_KEYS";

    private const int Bytes = 32;

    private readonly string? path;
    private Ring ring;

    private MasterKeys(Ring ring, string? path = null) => (this.ring, this.path) = (ring, path);

    /// <summary>The name of the one in force.</summary>
    public string Current => Fresh().Keys[0].Name;

    /// <summary>Whether they are in a file, which can be added to.</summary>
    public bool IsInFile => path is not null;

    /// <summary>The keys of the environment, else of the state folder.</summary>
    /// <exception cref="InvalidDataException">They are not of the form; the message says which and never shows a key.</exception>
    public static MasterKeys Of(string stateFolder) =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? Read(named, Variable) : FromFile(Path.Combine(stateFolder, "keys", "master"));

    /// <summary>Keys as the variable writes them.</summary>
    /// <exception cref="InvalidDataException">They are not of the form.</exception>
    public static MasterKeys Read(string text, string source) => new(new Ring(Parse(text, source), default));

    /// <summary>Seals a data key with the key in force.</summary>
    public ValueTask<WrappedKey> Wrap(ReadOnlyMemory<byte> dataKey, ReadOnlyMemory<byte> of, CancellationToken ct)
    {
        var (name, key) = Fresh().Keys[0];
        return new(new WrappedKey(name, AesGcmBox.Seal(key, dataKey.Span, of.Span)));
    }

    /// <summary>Opens a data key.</summary>
    /// <exception cref="CryptographicException">The master key is not among ours, or the data key was changed.</exception>
    public ValueTask<byte[]> Unwrap(WrappedKey key, ReadOnlyMemory<byte> of, CancellationToken ct)
    {
        foreach (var (name, master) in Fresh().Keys)
        {
            if (name == key.Master)
            {
                return new(AesGcmBox.Open(master, key.Wrapped, of.Span));
            }
        }

        throw new CryptographicException($"The master key {key.Master} is not among those of {path ?? Variable}: add it, so that what it sealed can be opened.");
    }

    /// <summary>A new key is in force from now on, here and in every program that reads the file.</summary>
    /// <param name="name">What it is called: no other may be.</param>
    /// <exception cref="InvalidDataException">The keys are not in a file, or one of the name is there.</exception>
    public void Add(string name)
    {
        var text = FormattableString.Invariant($"{name}:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes))}\n")
            + File.ReadAllText(path ?? throw new InvalidDataException($"The keys are in {Variable}: put a new one in front of them there."));
        Parse(text, path);
        File.Move(Written(path, text), path, overwrite: true);
    }

    private static (string Name, byte[] Key)[] Parse(string text, string source)
    {
        var keys = new List<(string Name, byte[] Key)>();
        foreach (var part in text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var key = new byte[Bytes];
            if (colon < 1 || !Convert.TryFromBase64String(part[(colon + 1)..], key, out var length) || length != Bytes || keys.Exists(one => one.Name == part[..colon]))
            {
                throw new InvalidDataException($"Key {keys.Count + 1} of {source} is no name, a colon and {Bytes} bytes in base64, or its name stands there twice.");
            }

            keys.Add((part[..colon], key));
        }

        return keys.Count > 0 ? [.. keys] : throw new InvalidDataException($"{source} names no key.");
    }

    private static MasterKeys FromFile(string path)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var made = Written(path, $"first:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes))}\n");
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

        return new MasterKeys(ReadFile(path), path);
    }

    private static Ring ReadFile(string path)
    {
        var at = File.GetLastWriteTimeUtc(path);
        return new Ring(Parse(File.ReadAllText(path), path), at);
    }

    // Beside the file, and nobody else's to read.
    private static string Written(string path, string text)
    {
        var made = path + "." + Guid.CreateVersion7().ToString("N");
        using var file = new FileStream(made, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        file.Write(Encoding.ASCII.GetBytes(text));
        file.Flush(flushToDisk: true);
        return made;
    }

    private Ring Fresh()
    {
        if (path is not null && File.GetLastWriteTimeUtc(path) is var at && at != ring.At)
        {
            ring = ReadFile(path);
        }

        return ring;
    }

    private sealed record Ring((string Name, byte[] Key)[] Keys, DateTime At);
}
