using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.AspNetCore.WebUtilities;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Files;

/// <summary>Files as objects <c>prefix/tenant/sha256</c> of a bucket, with local copies of those that are read again and again.</summary>
internal sealed class S3FileStore(IAmazonS3 client, string bucket, string prefix, string staging) : FileStore(staging)
{
    private const long PartSize = 16 << 20; // 5 GB are 320 parts; 10,000 are allowed.
    private const int PartsAtOnce = 4;

    // A file that is put again after so long is written again, so that it counts as put now. Much less than any age at which files are removed.
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(6);

    // A store that is reached answers within seconds; a wrong address would be waited for in vain.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string staging = staging;

    /// <param name="place"><c>s3://bucket/prefix?endpoint=…&amp;region=…</c>.</param>
    /// <param name="staging">See <see cref="FileStore"/>.</param>
    /// <param name="credentials">Null: those that AWS tools find.</param>
    /// <param name="mostBytes">See <see cref="FileStore.MostBytes"/>.</param>
    public static S3FileStore Of(Uri place, string staging, AWSCredentials? credentials = null, long mostBytes = UsualMostBytes)
    {
        var query = QueryHelpers.ParseQuery(place.Query);
        var settings = new AmazonS3Config { ConnectTimeout = Patience };
        if (query.TryGetValue("endpoint", out var endpoint))
        {
            // Stores other than Amazon's answer under a path, not under a host name per bucket.
            (settings.ServiceURL, settings.ForcePathStyle) = (endpoint.ToString(), true);
            // They know the signature, and seldom the checksums that Amazon sends behind a body since 2025: our names are checksums.
            settings.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            settings.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
            settings.AuthenticationRegion = query.TryGetValue("region", out var region) ? region.ToString() : "us-east-1";
        }
        else if (query.TryGetValue("region", out var region))
        {
            settings.RegionEndpoint = RegionEndpoint.GetBySystemName(region.ToString());
        }

        var client = credentials is null ? new AmazonS3Client(settings) : new AmazonS3Client(credentials, settings);
        return new S3FileStore(client, place.Host, place.AbsolutePath.Trim('/'), staging) { MostBytes = mostBytes };
    }

    public override async Task<string> PathOf(TenantId tenant, byte[] sha256, CancellationToken ct)
    {
        var copy = Path.Combine(staging, "copies", tenant.ToString(), Convert.ToHexStringLower(sha256));
        if (File.Exists(copy))
        {
            File.SetLastWriteTimeUtc(copy, TimeProvider.System.GetUtcNow().UtcDateTime);
            return copy;
        }

        var part = copy + "." + Guid.CreateVersion7().ToString("N");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            using (var found = await Tried(() => client.GetObjectAsync(bucket, Key(tenant, sha256), ct)))
            {
                await Copy(found, part, ct);
            }

            if (!await HasHash(part, sha256, ct))
            {
                throw new FileStoreException(new Problem(
                    "files.damaged", "file", $"{Key(tenant, sha256)} in s3://{bucket} with another hash", "bytes with the hash that is their name", "Bring the object back from a backup.") { Kind = ProblemKind.Unavailable });
            }

            File.Move(part, copy, overwrite: true);
            return copy;
        }
        catch (AmazonS3Exception missing) when (IsMissing(missing))
        {
            throw Missing(sha256, missing);
        }
        finally
        {
            File.Delete(part);
        }
    }

    public override async Task<Stream> Open(TenantId tenant, byte[] sha256, long from, long? count, CancellationToken ct)
    {
        try
        {
            var wanted = new GetObjectRequest { BucketName = bucket, Key = Key(tenant, sha256) };
            if (from > 0 || count is not null)
            {
                if (await SizeOf(tenant, sha256, ct) is not { } size)
                {
                    throw Missing(sha256, null);
                }

                if (from >= size || count == 0)
                {
                    return Stream.Null; // No range has no bytes.
                }

                wanted.ByteRange = new ByteRange(from, count is { } most ? Math.Min(size, from + most) - 1 : size - 1);
            }

            return (await Tried(() => client.GetObjectAsync(wanted, ct))).ResponseStream;
        }
        catch (AmazonS3Exception missing) when (IsMissing(missing))
        {
            throw Missing(sha256, missing);
        }
    }

    public override async Task<long?> SizeOf(TenantId tenant, byte[] sha256, CancellationToken ct) => (await Described(tenant, sha256, ct))?.ContentLength;

    public override async IAsyncEnumerable<byte[]> PutBefore(TenantId tenant, DateTimeOffset instant, [EnumeratorCancellation] CancellationToken ct)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = Key(tenant, []) };
        ListObjectsV2Response page;
        do
        {
            page = await Tried(() => client.ListObjectsV2Async(request, ct));
            foreach (var found in page.S3Objects ?? [])
            {
                if (found.Key.Length == request.Prefix.Length + 64 && found.LastModified?.ToUniversalTime() < instant.UtcDateTime)
                {
                    yield return Convert.FromHexString(found.Key[request.Prefix.Length..]);
                }
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    public override async Task<bool> Remove(TenantId tenant, byte[] sha256, DateTimeOffset unlessPutSince, CancellationToken ct)
    {
        if (await Described(tenant, sha256, ct) is not { } found)
        {
            return true;
        }

        if (found.LastModified?.ToUniversalTime() >= unlessPutSince.UtcDateTime)
        {
            return false;
        }

        await Tried(() => client.DeleteObjectAsync(bucket, Key(tenant, sha256), ct));
        return true;
    }

    protected override async Task<string?> Mark(CancellationToken ct)
    {
        try
        {
            using var found = await Tried(() => client.GetObjectAsync(bucket, InPrefix(MarkName), ct));
            using var text = new StreamReader(found.ResponseStream);
            return (await text.ReadToEndAsync(ct)).Trim();
        }
        catch (AmazonS3Exception missing) when (IsMissing(missing))
        {
            return null;
        }
    }

    protected override Task SetMark(string region, CancellationToken ct) => Tried(() => client.PutObjectAsync(
        new PutObjectRequest { BucketName = bucket, Key = InPrefix(MarkName), ContentBody = region + "\n", ContentType = "text/plain", UseChunkEncoding = false }, ct));

    protected override async Task<StoredFile> Keep(TenantId tenant, string path, StoredFile file, CancellationToken ct)
    {
        var found = await Described(tenant, file.Sha256, ct);
        if (found?.ContentLength != file.Size || found.LastModified?.ToUniversalTime() < (TimeProvider.System.GetUtcNow() - Fresh).UtcDateTime)
        {
            await (file.Size <= PartSize ? PutWhole(Key(tenant, file.Sha256), path, ct) : PutInParts(Key(tenant, file.Sha256), path, file.Size, ct));
        }

        return file;
    }

    private Task<bool> Copy(GetObjectResponse found, string path, CancellationToken ct) => Tried(async () =>
    {
        await using var file = File.Create(path);
        try
        {
            await found.ResponseStream.CopyToAsync(file, ct);
        }
        catch (AmazonClientException)
        {
            // The client compares with the object's own tag at the end of the stream; we compare with the name.
        }

        return true;
    });

    private static async Task<bool> HasHash(string path, byte[] sha256, CancellationToken ct)
    {
        await using var file = File.OpenRead(path);
        return (await SHA256.HashDataAsync(file, ct)).AsSpan().SequenceEqual(sha256);
    }

    // Signed over all bytes beforehand, not chunk by chunk: other stores seldom know Amazon's chunks, and keep the signatures with the content.
    private Task PutWhole(string key, string path, CancellationToken ct) => Tried(() => client.PutObjectAsync(
        new PutObjectRequest { BucketName = bucket, Key = key, FilePath = path, ContentType = "application/octet-stream", UseChunkEncoding = false }, ct));

    private async Task PutInParts(string key, string path, long size, CancellationToken ct)
    {
        var upload = await Tried(() => client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = bucket, Key = key, ContentType = "application/octet-stream" }, ct));
        var tags = new PartETag[(size + PartSize - 1) / PartSize];
        try
        {
            await Parallel.ForAsync(0, tags.Length, new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = ct }, async (part, stop) =>
            {
                var sent = await Tried(() => client.UploadPartAsync(
                    new UploadPartRequest
                    {
                        BucketName = bucket, Key = key, UploadId = upload.UploadId, PartNumber = part + 1, FilePath = path, FilePosition = part * PartSize,
                        PartSize = Math.Min(PartSize, size - (part * PartSize)), UseChunkEncoding = false,
                    },
                    stop));
                tags[part] = new PartETag(part + 1, sent.ETag);
            });
            await Tried(() => client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload.UploadId, PartETags = [.. tags] }, ct));
        }
        catch
        {
            await Abandon(key, upload.UploadId);
            throw;
        }
    }

    // Parts of an upload that never ends cost money where no rule of the bucket removes them.
    private async Task Abandon(string key, string upload)
    {
        try
        {
            await client.AbortMultipartUploadAsync(bucket, key, upload, CancellationToken.None);
        }
        catch (Exception also) when (also is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            // What made it fail is told.
        }
    }

    private async Task<GetObjectMetadataResponse?> Described(TenantId tenant, byte[] sha256, CancellationToken ct)
    {
        try
        {
            return await Tried(() => client.GetObjectMetadataAsync(bucket, Key(tenant, sha256), ct));
        }
        catch (AmazonS3Exception missing) when (IsMissing(missing))
        {
            return null;
        }
    }

    private async Task<T> Tried<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (AmazonS3Exception missing) when (IsMissing(missing))
        {
            throw;
        }
        catch (AmazonServiceException refused) when (refused.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new FileStoreException(
                new Problem("files.refused", "OFFGRIDFLOW_FILES", $"s3://{bucket} refuses: {Said(refused)}", "credentials that may read, write, list and delete in the bucket", "Correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the bucket's policy.") { Kind = ProblemKind.Unavailable },
                refused);
        }
        catch (AmazonServiceException refused) when (refused.StatusCode == HttpStatusCode.NotFound)
        {
            throw new FileStoreException(
                new Problem("files.no-bucket", "OFFGRIDFLOW_FILES", $"no bucket {bucket}: {Said(refused)}", "a bucket that is there", "Make the bucket, or correct OFFGRIDFLOW_FILES.") { Kind = ProblemKind.Unavailable }, refused);
        }
        catch (Exception away) when (away is AmazonServiceException or HttpRequestException or WebException or TimeoutException or AmazonClientException)
        {
            throw new FileStoreException(
                new Problem("files.away", "OFFGRIDFLOW_FILES", $"s3://{bucket} does not answer: {Said(away)}", "a store that answers", "Try again in a moment; if it stays so, check the endpoint of OFFGRIDFLOW_FILES and the credentials of AWS tools.") { Kind = ProblemKind.Unavailable }, away);
        }
    }

    private static string Said(Exception told) => told is AmazonServiceException { ErrorCode.Length: > 0 } answer
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode} {answer.ErrorCode}, {answer.Message}")
        : told.InnerException is { } inner ? $"{told.Message} {inner.Message}" : told.Message;

    private static bool IsMissing(AmazonS3Exception answer) => answer.StatusCode == HttpStatusCode.NotFound && answer.ErrorCode != "NoSuchBucket";

    private static FileNotFoundException Missing(byte[] sha256, Exception? cause) =>
        new($"The file store holds no file {Convert.ToHexStringLower(sha256)}.", cause);

    private string Key(TenantId tenant, byte[] sha256) => InPrefix($"{tenant}/{Convert.ToHexStringLower(sha256)}");

    private string InPrefix(string name) => prefix.Length > 0 ? $"{prefix}/{name}" : name;
}
