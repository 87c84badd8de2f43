using System.Globalization;
using System.Text;
using QRCoder;

namespace OffGridFlow.Web.Pages.Account;

/// <summary>A QR code as one path of SVG: nothing of it needs a style or a script.</summary>
public sealed record QrCode(int Size, string Path)
{
    internal static QrCode Of(string text)
    {
        using var made = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        for (var y = 0; y < made.ModuleMatrix.Count; y++)
        {
            for (var x = 0; x < made.ModuleMatrix.Count; x++)
            {
                if (made.ModuleMatrix[y][x])
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
                }
            }
        }

        return new QrCode(made.ModuleMatrix.Count, path.ToString());
    }
}
