using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.Organizations.Governance;

/// <summary>What an export says of itself: manifest.json, its last part.</summary>
/// <param name="Schema">The last migration of the database it came from: it goes into one of the same.</param>
/// <param name="AuditHead">The last link of the trail's chain that is in it.</param>
/// <param name="Left">What stayed behind, and why.</param>
/// <param name="Files">Every other part.</param>
/// <param name="Region">The region of the installation it came from: where database and files were.</param>
internal sealed record TenantManifest(
    string Format, int Version, DateTimeOffset ExportedAt, Guid TenantId, string TenantSlug, string TenantName, string Schema,
    IReadOnlyDictionary<string, string> Left, IReadOnlyList<TenantManifest.Part> Files, TenantManifest.Head? AuditHead = null,
    string? Region = null)
{
    public const string Name = "manifest.json";
    public const string Kind = "offgridflow-tenant";
    public const int Current = 1;

    public sealed record Head(long No, string Hash);

    /// <param name="Rows">Of a table's part; a raw file has none.</param>
    public sealed record Part(string Name, long Bytes, string Sha256, long? Rows = null);
}

/// <summary>Writes an export, part after part, to a stream that only goes forward.</summary>
internal sealed class TenantZip : IAsyncDisposable
{
    private readonly ZipArchive zip;
    private readonly DateTimeOffset at;
    private readonly List<TenantManifest.Part> parts = [];

    private TenantZip(ZipArchive zip, DateTimeOffset at) => (this.zip, this.at) = (zip, at);

    public IReadOnlyList<TenantManifest.Part> Parts => parts;

    public static async Task<TenantZip> Begin(Stream output, DateTimeOffset at, CancellationToken ct) =>
        new(await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, ct), at);

    /// <summary>Adds a part of text; lines are counted as rows.</summary>
    /// <param name="heads">Lines that are no rows.</param>
    public async Task AddText(string name, TextReader content, int heads, CancellationToken ct)
    {
        var (chars, bytes, encoder, rows) = (new char[1 << 15], new byte[1 << 17], Encoding.UTF8.GetEncoder(), 0L);
        await Add(name, CompressionLevel.Fastest, async write =>
        {
            int read;
            var isQuoted = false;
            while ((read = await content.ReadAsync(chars, ct)) > 0)
            {
                // A line break within quotes ends no row of a CSV; lines of JSON hold no bare quotes of that sort.
                foreach (var letter in chars.AsSpan(0, read))
                {
                    isQuoted ^= heads > 0 && letter == '"';
                    rows += letter == '\n' && !isQuoted ? 1 : 0;
                }

                encoder.Convert(chars.AsSpan(0, read), bytes, flush: false, out _, out var written, out _);
                await write(bytes.AsMemory(0, written));
            }

            return rows - heads;
        }, ct);
    }

    public Task AddFile(string name, Stream content, CancellationToken ct) => Add(name, CompressionLevel.Fastest, async write =>
    {
        var bytes = new byte[1 << 17];
        int read;
        while ((read = await content.ReadAsync(bytes, ct)) > 0)
        {
            await write(bytes.AsMemory(0, read));
        }

        return null;
    }, ct);

    public async Task Finish(TenantManifest manifest, CancellationToken ct)
    {
        await using var part = await Entry(TenantManifest.Name, CompressionLevel.Fastest, ct);
        await JsonSerializer.SerializeAsync(part, manifest, new JsonSerializerOptions(Json.Options) { WriteIndented = true }, ct);
    }

    public ValueTask DisposeAsync() => zip.DisposeAsync();

    private async Task Add(string name, CompressionLevel level, Func<Func<ReadOnlyMemory<byte>, ValueTask>, Task<long?>> fill, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var size = 0L;
        long? rows;
        await using (var part = await Entry(name, level, ct))
        {
            rows = await fill(async bytes =>
            {
                hash.AppendData(bytes.Span);
                size += bytes.Length;
                await part.WriteAsync(bytes, ct);
            });
        }

        parts.Add(new TenantManifest.Part(name, size, Convert.ToHexStringLower(hash.GetHashAndReset()), rows));
    }

    private async Task<Stream> Entry(string name, CompressionLevel level, CancellationToken ct)
    {
        var entry = zip.CreateEntry(name, level);
        entry.LastWriteTime = at;
        return await entry.OpenAsync(ct);
    }
}
