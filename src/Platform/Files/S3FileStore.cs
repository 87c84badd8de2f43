using System.Net;
using Amazon;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Microsoft.AspNetCore.WebUtilities;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Files;

/// <summary>Files as objects <c>prefix/tenant/sha256</c> of a bucket, with local copies of those that are read.</summary>
internal sealed class S3FileStore(IAmazonS3 client, string bucket, string prefix, string staging) : FileStore(staging)
{
    private readonly string staging = staging;

    /// <param name="place"><c>s3://bucket/prefix?endpoint=…&amp;region=…</c>.</param>
    public static S3FileStore Of(Uri place, string staging)
    {
        var query = QueryHelpers.ParseQuery(place.Query);
        var settings = new AmazonS3Config();
        if (query.TryGetValue("endpoint", out var endpoint))
        {
            // Stores other than Amazon's answer under a path, not under a host name per bucket.
            (settings.ServiceURL, settings.ForcePathStyle) = (endpoint.ToString(), true);
            settings.AuthenticationRegion = query.TryGetValue("region", out var region) ? region.ToString() : "us-east-1";
        }
        else if (query.TryGetValue("region", out var region))
        {
            settings.RegionEndpoint = RegionEndpoint.GetBySystemName(region.ToString());
        }

        return new S3FileStore(new AmazonS3Client(settings), place.Host, place.AbsolutePath.Trim('/'), staging);
    }

    public override async Task<string> PathOf(TenantId tenant, byte[] sha256, CancellationToken ct)
    {
        var copy = Path.Combine(staging, "copies", tenant.ToString(), Convert.ToHexStringLower(sha256));
        if (File.Exists(copy))
        {
            return copy;
        }

        var part = copy + "." + Guid.CreateVersion7().ToString("N");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            using (var found = await client.GetObjectAsync(bucket, Key(tenant, sha256), ct))
            {
                await using var file = File.Create(part);
                await found.ResponseStream.CopyToAsync(file, ct);
            }

            File.Move(part, copy, overwrite: true);
            return copy;
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            throw new FileNotFoundException($"The file store holds no file {Convert.ToHexStringLower(sha256)}.", missing);
        }
        finally
        {
            File.Delete(part);
        }
    }

    protected override async Task<StoredFile> Keep(TenantId tenant, string path, StoredFile file, CancellationToken ct)
    {
        if (await Holds(tenant, file, ct))
        {
            return file;
        }

        using var transfer = new TransferUtility(client); // In parts above 16 MB.
        await transfer.UploadAsync(path, bucket, Key(tenant, file.Sha256), ct);
        return file;
    }

    private async Task<bool> Holds(TenantId tenant, StoredFile file, CancellationToken ct)
    {
        try
        {
            var found = await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = Key(tenant, file.Sha256) }, ct);
            return found.ContentLength == file.Size;
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private string Key(TenantId tenant, byte[] sha256) =>
        $"{(prefix.Length > 0 ? prefix + "/" : "")}{tenant}/{Convert.ToHexStringLower(sha256)}";
}
