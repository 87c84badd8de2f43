using System.CommandLine;

namespace OffGridFlow.Web.Cli;

/// <summary>Where the product's data are.</summary>
internal static class DataFolder
{
    /// <summary>Names the folder for a whole session, where it is set.</summary>
    public const string Variable = "OFFGRIDFLOW_DATA";

    // What tells our data folder from any other folder called data.
    private static readonly string Mark = Path.Combine("kinds", "kinds.csv");

    /// <summary>
    /// <c>OFFGRIDFLOW_DATA</c>, else the nearest folder <c>data</c> at or above the current directory that holds
    /// <c>kinds/kinds.csv</c>, else the one beside the program.
    /// </summary>
    /// <exception cref="InvalidDataException">There is none; the message says what was looked at.</exception>
    public static string Find() => Find(Environment.GetEnvironmentVariable(Variable), Environment.CurrentDirectory, AppContext.BaseDirectory);

    /// <summary>As <see cref="Find()"/>, with the places to look named.</summary>
    internal static string Find(string? named, string currentDirectory, string besideProgram)
    {
        if (!string.IsNullOrEmpty(named))
        {
            return Is(named) ? Path.GetFullPath(named) : throw new InvalidDataException($"{Variable} is {named}, which holds no {Mark}.");
        }

        for (var folder = Path.GetFullPath(currentDirectory); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Is(Path.Combine(folder, "data")))
            {
                return Path.Combine(folder, "data");
            }
        }

        var beside = Path.Combine(besideProgram, "data");
        return Is(beside) ? beside : throw new InvalidDataException(
            $"There is no data folder at or above {currentDirectory} nor at {beside}. Name it with --data or {Variable}.");
    }

    /// <summary>The option every verb has.</summary>
    public static Option<DirectoryInfo?> Option() => new("--data") { Description = $"The product's data folder. Default: ${Variable}, else the nearest 'data' above the current directory." };

    /// <summary>The folder the option names, else <see cref="Find()"/>.</summary>
    public static string Of(ParseResult result, Option<DirectoryInfo?> option) =>
        result.GetValue(option) is not { } folder ? Find() :
        Is(folder.FullName) ? folder.FullName :
        throw new InvalidDataException($"{folder.FullName} holds no {Mark}.");

    private static bool Is(string folder) => File.Exists(Path.Combine(folder, Mark));
}
