using System.Security.Cryptography;
using Amazon.Runtime;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Platform;

/// <summary>Raw files in a store that speaks S3, over its real protocol.</summary>
public sealed class S3FileStoreTests(S3Peer peer) : IClassFixture<S3Peer>
{
    private static readonly DateTimeOffset Ever = DateTimeOffset.MaxValue;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(20_000_000)] // In parts.
    public async Task a_file_comes_back_byte_for_byte_in_another_process_s_folder_and_for_no_other_tenant(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        var tenant = TenantId.New();
        var stored = (await Store().Put(tenant, new MemoryStream(bytes), long.MaxValue, Cancelled))!;
        var again = (await Store().Put(tenant, new MemoryStream(bytes), long.MaxValue, Cancelled))!;

        var path = await Store().PathOf(tenant, stored.Sha256, Cancelled);

        Assert.Equal(SHA256.HashData(bytes), stored.Sha256);
        Assert.Equal(stored.Sha256, again.Sha256);
        Assert.Equal((size, size), (stored.Size, again.Size));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path, Cancelled));
        Assert.Equal(size, await Store().SizeOf(tenant, stored.Sha256, Cancelled));
        Assert.Null(await Store().SizeOf(TenantId.New(), stored.Sha256, Cancelled));
        await Assert.ThrowsAsync<FileNotFoundException>(() => Store().PathOf(TenantId.New(), stored.Sha256, Cancelled));
    }

    [Fact]
    public async Task a_bucket_s_prefix_belongs_to_one_region_and_no_node_of_another_takes_it()
    {
        FileStore Of(string prefix) => S3FileStore.Of(new Uri(peer.Place().ToString().Replace("/tenants", "/" + prefix, StringComparison.Ordinal)), peer.NewFolder(), new BasicAWSCredentials(S3Peer.Key, S3Peer.Key));
        var (eu, us) = ($"eu-{Guid.CreateVersion7():N}", $"us-{Guid.CreateVersion7():N}");
        await Of(eu).Claim("eu", Cancelled);
        await Of(us).Claim("us", Cancelled);
        await Of(eu).Claim("eu", Cancelled);

        foreach (var (prefix, region) in new[] { (eu, "us"), (us, "eu"), (eu, "local") })
        {
            Assert.Contains("The file store belongs to region", (await Assert.ThrowsAsync<InvalidDataException>(() => Of(prefix).Claim(region, Cancelled))).Message, StringComparison.Ordinal);
        }

        // The mark is nobody's file.
        Assert.Empty(await Of(eu).PutBefore(TenantId.New(), Ever, Cancelled).ToListAsync(Cancelled));
    }

    [Fact]
    public async Task a_file_of_110_MB_goes_in_parts_and_is_read_as_a_stream_or_by_ranges_without_a_copy()
    {
        const long Size = 110_000_000;
        var (tenant, folder) = (TenantId.New(), peer.NewFolder());
        var hash = await SHA256.HashDataAsync(new GeneratedStream(Size, 7), Cancelled);

        var stored = (await Store(folder: folder).Put(tenant, new GeneratedStream(Size, 7), long.MaxValue, Cancelled))!;

        Assert.Equal(hash, stored.Sha256);
        await using (var all = await Store(folder: folder).Open(tenant, hash, 0, null, Cancelled))
        {
            Assert.Equal(hash, await SHA256.HashDataAsync(all, Cancelled));
        }

        // Across the seam of two parts, and beyond the end.
        foreach (var (from, count) in ((long, long)[])[(0, 10), (16_777_210, 20), (Size - 5, 100), (Size, 1), (5, 0)])
        {
            await using var range = await Store(folder: folder).Open(tenant, hash, from, count, Cancelled);
            Assert.Equal(await Bytes(new GeneratedStream(Math.Min(Size, from + count), 7, from)), await Bytes(range));
        }

        Assert.Empty(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task a_file_that_is_too_large_or_whose_sender_breaks_off_leaves_nothing()
    {
        var (tenant, folder) = (TenantId.New(), peer.NewFolder());

        Assert.Null(await Store(folder: folder).Put(tenant, new GeneratedStream(1001, 1), 1000, Cancelled));
        await Assert.ThrowsAsync<IOException>(() => Store(folder: folder).Put(tenant, new GeneratedStream(1000, 1, breaksAt: 500), 1000, Cancelled));

        Assert.Empty(await Store().PutBefore(tenant, Ever, Cancelled).ToListAsync(Cancelled));
        Assert.Empty(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task a_file_is_listed_and_removed_unless_it_was_put_since()
    {
        var (tenant, other) = (TenantId.New(), TenantId.New());
        var stored = (await Store().Put(tenant, new MemoryStream([1, 2, 3]), long.MaxValue, Cancelled))!;
        await Store().Put(other, new MemoryStream([1, 2, 3]), long.MaxValue, Cancelled);

        Assert.Empty(await Store().PutBefore(tenant, DateTimeOffset.UnixEpoch, Cancelled).ToListAsync(Cancelled));
        Assert.Equal([stored.Sha256], await Store().PutBefore(tenant, Ever, Cancelled).ToListAsync(Cancelled));
        Assert.False(await Store().Remove(tenant, stored.Sha256, DateTimeOffset.UnixEpoch, Cancelled));
        Assert.Equal(3, await Store().SizeOf(tenant, stored.Sha256, Cancelled));

        Assert.True(await Store().Remove(tenant, stored.Sha256, Ever, Cancelled));

        Assert.Null(await Store().SizeOf(tenant, stored.Sha256, Cancelled));
        await Assert.ThrowsAsync<FileNotFoundException>(() => Store().Open(tenant, stored.Sha256, 0, null, Cancelled));
        Assert.Equal(3, await Store().SizeOf(other, stored.Sha256, Cancelled));
    }

    [Fact]
    public async Task an_upload_in_pieces_ends_in_the_store()
    {
        var (tenant, upload, store) = (TenantId.New(), Guid.CreateVersion7(), Store());
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);

        Assert.Equal(60_000, await store.Append(tenant, upload, new MemoryStream(bytes[..60_000]), 0, bytes.Length, Cancelled));
        Assert.Equal(60_000, store.Offset(tenant, upload));
        Assert.Null(await store.Append(tenant, upload, new MemoryStream(bytes[50_000..]), 50_000, bytes.Length, Cancelled));
        await store.Append(tenant, upload, new MemoryStream(bytes[60_000..]), 60_000, bytes.Length, Cancelled);
        var stored = await store.Finish(tenant, upload, Cancelled);

        Assert.Equal(0, store.Offset(tenant, upload));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(await Store().PathOf(tenant, stored.Sha256, Cancelled), Cancelled));
    }

    [Fact]
    public async Task bytes_that_are_not_what_their_name_says_are_not_read()
    {
        var tenant = TenantId.New();
        var stored = (await Store().Put(tenant, new MemoryStream([1, 2, 3]), long.MaxValue, Cancelled))!;
        var place = Directory.GetFiles(peer.Objects, Convert.ToHexStringLower(stored.Sha256) + "*", SearchOption.AllDirectories)
            .Single(path => path.Contains(tenant.ToString(), StringComparison.Ordinal) && path.EndsWith("_object", StringComparison.Ordinal));
        await File.WriteAllBytesAsync(place, [1, 2, 4], Cancelled);

        Assert.Equal("files.damaged", await Code(Store().PathOf(tenant, stored.Sha256, Cancelled)));
    }

    [Fact]
    public async Task wrong_credentials_a_missing_bucket_and_a_store_that_is_away_are_told_as_such()
    {
        Assert.Equal("files.refused", await Code(Store(secret: "wrong").Put(TenantId.New(), new MemoryStream([1]), long.MaxValue, Cancelled)));
        Assert.Equal("files.refused", await Code(Store(key: "nobody").PathOf(TenantId.New(), new byte[32], Cancelled)));
        Assert.Equal("files.refused", await Code(Store(secret: "wrong").Open(TenantId.New(), new byte[32], 0, null, Cancelled)));
        Assert.Equal("files.no-bucket", await Code(Store(bucket: "no-such-bucket").PathOf(TenantId.New(), new byte[32], Cancelled)));
        Assert.Equal("files.no-bucket", await Code(Store(bucket: "no-such-bucket").Put(TenantId.New(), new MemoryStream([1]), long.MaxValue, Cancelled)));
        Assert.Equal("files.away", await Code(Store(port: S3Peer.FreePort()).Put(TenantId.New(), new MemoryStream([1]), long.MaxValue, Cancelled)));
        Assert.Equal("files.away", await Code(Store(port: S3Peer.FreePort()).PathOf(TenantId.New(), new byte[32], Cancelled)));
    }

    private static async Task<string> Code(Task refused) => (await Assert.ThrowsAsync<FileStoreException>(() => refused)).Problem.Code;

    private static async Task<byte[]> Bytes(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancelled);
        return copy.ToArray();
    }

    private S3FileStore Store(string key = S3Peer.Key, string secret = S3Peer.Key, string bucket = S3Peer.Bucket, int? port = null, string? folder = null) =>
        S3FileStore.Of(peer.Place(bucket, port), folder ?? peer.NewFolder(), new BasicAWSCredentials(key, secret));
}
