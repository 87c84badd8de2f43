using System.Security.Cryptography;
using System.Text;
using OffGridFlow.Ledger.Bundles;

namespace OffGridFlow.App.Tests.Ledger;

/// <summary>A bundle that was changed by someone who can make its hashes anew.</summary>
internal static class Forgery
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Packs the bundle again with one part changed and all hashes made anew.</summary>
    public static async Task Of(string path, string forged, string changed, Func<string, string> change, string? extra = null, string? also = null, Func<string, string>? changeAlso = null)
    {
        await using var file = File.OpenRead(path);
        var zip = ZipReader.Open(file);
        using var writer = new ZipWriter(File.Create(forged));
        BundleManifest? manifest = null;
        foreach (var member in zip.Members)
        {
            using var content = new MemoryStream();
            zip.Unpack(member, content);
            if (member.Name == BundleFormat.Manifest)
            {
                manifest = BundleFormat.Read<BundleManifest>(content.ToArray(), member.Name);
                break;
            }

            var bytes = member.Name == also ? Encoding.UTF8.GetBytes(changeAlso!(Encoding.UTF8.GetString(content.ToArray())))
                : member.Name == changed ? Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(content.ToArray()))) : content.ToArray();
            await writer.Add(member.Name, stream => stream.WriteAsync(bytes, Ct).AsTask());
        }

        if (extra is not null)
        {
            await writer.Add(extra, _ => Task.CompletedTask);
        }

        var again = BundleFormat.Line(manifest! with { Parts = [.. writer.Parts] });
        await writer.Add(BundleFormat.Manifest, stream => stream.WriteAsync(again, Ct).AsTask(), deflate: false);
        await writer.Finish(ZipLayout.CommentStart + Convert.ToHexStringLower(SHA256.HashData(again)));
    }
}
