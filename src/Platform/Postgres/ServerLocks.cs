using System.Diagnostics;

namespace OffGridFlow.Platform.Postgres;

/// <summary>Locks on files of a state folder. They go with the process that holds them, however it ends.</summary>
internal static class ServerLocks
{
    /// <summary>One start or stop at a time.</summary>
    public static async Task<FileStream> Turn(string state, TimeSpan patience, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(state, "database.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < patience)
            {
                await Task.Delay(50, ct);
            }
        }
    }

    /// <summary>Held by every process that uses the server.</summary>
    public static FileStream Use(string state) => new(Users(state), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);

    /// <summary>Held when nobody uses it; null when somebody does.</summary>
    public static FileStream? UseAlone(string state)
    {
        try
        {
            return new FileStream(Users(state), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Users(string state) => Path.Combine(state, "database.users");
}
