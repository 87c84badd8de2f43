using System.CommandLine;

namespace OffGridFlow.Web.Cli;

/// <summary>Where the program's own folders are: db/ ships with it, .offgridflow/ is what it makes.</summary>
internal static class HomeFolder
{
    /// <summary>The folder of the launcher, which sets it.</summary>
    public const string Variable = "OFFGRIDFLOW_HOME";

    // What tells our migrations from any other folder called db.
    private static readonly string Mark = Path.Combine("db", "migrations", "0001_platform.sql");

    /// <summary>The folder of migrations: below <c>OFFGRIDFLOW_HOME</c>, else below the nearest folder at or above the current one, else beside the program.</summary>
    /// <exception cref="InvalidDataException">There is none; the message says what was looked at.</exception>
    public static string Migrations() => Path.Combine(Find(Environment.GetEnvironmentVariable(Variable), Environment.CurrentDirectory, AppContext.BaseDirectory), "db", "migrations");

    /// <summary>The option of every verb that may start the private database.</summary>
    public static Option<DirectoryInfo?> StateOption() => new("--data") { Description = "Where the private database lives. Default: .offgridflow beside the launcher." };

    /// <summary>The folder the option names, else <c>.offgridflow</c> in the launcher's folder or the current one.</summary>
    public static string State(ParseResult result, Option<DirectoryInfo?> option) =>
        result.GetValue(option)?.FullName
        ?? Path.Combine(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } home ? home : Environment.CurrentDirectory, ".offgridflow");

    internal static string Find(string? named, string currentDirectory, string besideProgram)
    {
        if (!string.IsNullOrEmpty(named))
        {
            return Is(named) ? Path.GetFullPath(named) : throw new InvalidDataException($"{Variable} is {named}, which holds no {Mark}.");
        }

        for (var folder = Path.GetFullPath(currentDirectory); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Is(folder))
            {
                return folder;
            }
        }

        return Is(besideProgram) ? besideProgram : throw new InvalidDataException(
            $"There is no {Mark} at or above {currentDirectory} nor beside {besideProgram}. Name the folder that holds db in {Variable}.");
    }

    private static bool Is(string folder) => File.Exists(Path.Combine(folder, Mark));
}
