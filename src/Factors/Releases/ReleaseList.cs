using System.Globalization;

namespace OffGridFlow.Factors.Releases;

/// <summary>One numbered, immutable state of the factor library.</summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="Date">Day it was made.</param>
/// <param name="ContentHash">Hash of the tables: <see cref="FactorLibrary.ContentHash"/> without packs.</param>
/// <param name="Factors">How many factors it holds.</param>
/// <param name="Note">What changed, for a person.</param>
public sealed record Release(int Number, DateOnly Date, string ContentHash, int Factors, string Note);

/// <summary>data/factors/releases.csv: every release, oldest first. Lines are added, never changed.</summary>
public sealed class ReleaseList
{
    private readonly string path;

    private ReleaseList(string path, IReadOnlyList<Release> releases)
    {
        this.path = path;
        Releases = releases;
    }

    public IReadOnlyList<Release> Releases { get; }

    /// <summary>Loads the list; without a file there are no releases yet.</summary>
    /// <exception cref="InvalidDataException">Numbers do not run 1, 2, 3, dates go back, or a hash stands twice.</exception>
    public static ReleaseList Load(string dataFolder)
    {
        var file = Path.Combine(dataFolder, "factors", "releases.csv");
        var releases = new List<Release>();
        foreach (var row in File.Exists(file) ? DataFile.Rows(file) : [])
        {
            var release = new Release(
                (int)(row.Number("number") ?? throw row.Bad("number", "is empty")), row.Day("date") ?? throw row.Bad("date", "is empty"),
                row.Required("content_sha256"), (int)(row.Number("factors") ?? throw row.Bad("factors", "is empty")), row.Required("note"));
            if (release.Number != releases.Count + 1)
            {
                throw row.Bad("number", $"{releases.Count + 1} comes next");
            }

            if (releases.Count > 0 && release.Date < releases[^1].Date)
            {
                throw row.Bad("date", "is before the release above");
            }

            releases.Add(release);
        }

        return new ReleaseList(file, releases);
    }

    /// <summary>Why the tables are not what was last released, or null when they are.</summary>
    public string? Drift(string contentHash) =>
        Releases.Count == 0 ? "nothing was released yet; make a release with 'factors release'" :
        Releases[^1].ContentHash != contentHash ? $"release {Releases[^1].Number} has {Releases[^1].ContentHash}; make a release of the tables with 'factors release'" :
        null;

    /// <summary>Adds the next release when the tables differ from the last one.</summary>
    /// <returns>The new release, or null when the tables are those of the last one and nothing was written.</returns>
    /// <exception cref="ArgumentException">The date is before the last release's, or there is no note.</exception>
    public static Release? Add(string dataFolder, FactorLibrary library, DateOnly date, string note)
    {
        var list = Load(dataFolder);
        if (list.Drift(library.ContentHash) is null)
        {
            return null;
        }

        if (list.Releases.Count > 0 && date < list.Releases[^1].Date)
        {
            throw new ArgumentException($"Release {list.Releases[^1].Number} was made on {list.Releases[^1].Date:yyyy-MM-dd}; a later one cannot be older.", nameof(date));
        }

        if (string.IsNullOrWhiteSpace(note))
        {
            throw new ArgumentException("A release has a note that says what changed.", nameof(note));
        }

        var release = new Release(list.Releases.Count + 1, date, library.ContentHash, library.Rows.Count, note.Trim());
        DataFile.Write(
            list.path, "number,date,content_sha256,factors,note",
            list.Releases.Append(release).Select(r => new[]
            {
                r.Number.ToString(CultureInfo.InvariantCulture), r.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                r.ContentHash, r.Factors.ToString(CultureInfo.InvariantCulture), r.Note,
            }));
        return release;
    }
}
