using System.Globalization;
using System.Text;

namespace OffGridFlow.Web.Cli;

/// <summary>Lines of plain text for people, 100 columns wide, with colour where a terminal shows it.</summary>
internal sealed class Page(TextWriter output, bool colour)
{
    /// <summary>Columns a line has.</summary>
    public const int Width = 100;

    /// <summary>Whether standard output is a terminal that wants colour (https://no-color.org).</summary>
    public static bool IsColourful() =>
        !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public void Heading(string text) => output.Write("\n" + Style("1;36", text) + "\n");

    public void Line(string text = "") => output.Write(text + "\n");

    public void Strong(string text) => output.Write(Style("1", text) + "\n");

    public void Faint(string text) => output.Write(Style("2", text) + "\n");

    /// <summary>What went wrong: it should catch the eye.</summary>
    public void Warn(string text) => output.Write(Style("33", text) + "\n");

    /// <summary>A text over as many lines as it takes, each led by the same margin.</summary>
    public void Wrapped(string text, int margin)
    {
        var line = new StringBuilder(new string(' ', margin));
        foreach (var word in text.ReplaceLineEndings(" ").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > margin && line.Length + 1 + word.Length > Width)
            {
                Line(line.ToString());
                line.Clear().Append(' ', margin);
            }

            line.Append(line.Length > margin ? " " : "").Append(word);
        }

        Line(line.ToString());
    }

    /// <summary>The text in a field of fixed width; what is too long ends in an ellipsis.</summary>
    public static string Left(string text, int width)
    {
        text = text.ReplaceLineEndings(" ");
        return text.Length > width ? string.Concat(text.AsSpan(0, width - 1), "…") : text.PadRight(width);
    }

    /// <summary>A figure at the right of a field; it is never cut.</summary>
    public static string Right(string text, int width) => text.PadLeft(width);

    /// <summary>A count with thousands set off.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A share as a bar: empty only for nothing at all.</summary>
    public static string Bar(decimal part, decimal whole, int width) =>
        part <= 0m || whole <= 0m ? "" :
        (int)Math.Round(Math.Min(1m, part / whole) * width, MidpointRounding.AwayFromZero) is > 0 and var blocks ? new string('█', blocks) : "▏";

    private string Style(string code, string text) => colour ? $"\e[{code}m{text}\e[0m" : text;
}
