using System.Globalization;

namespace OffGridFlow.Platform.Postgres;

/// <summary>Tells a running server from what a dead one left behind.</summary>
internal static class ServerProcess
{
    /// <summary>The process id of the cluster's server, or null when it does not run. A process that merely got the same number is not it.</summary>
    public static int? Find(ClusterFolder cluster) =>
        Named(cluster) is { } process && Command(process) is { } command && command.Contains(cluster.Data, StringComparison.Ordinal) ? process : null;

    /// <summary>
    /// Removes the pid file of a server that is gone. PostgreSQL does so itself, except when another process of the account has the number now,
    /// which is common where numbers start over, as in containers.
    /// </summary>
    public static void ForgetStale(ClusterFolder cluster)
    {
        if (Named(cluster) is { } process && Command(process) is { } command && !command.StartsWith("postgres: ", StringComparison.Ordinal))
        {
            File.Delete(cluster.PidFile);
        }
    }

    private static int? Named(ClusterFolder cluster)
    {
        try
        {
            return int.TryParse(File.ReadLines(cluster.PidFile).FirstOrDefault(), CultureInfo.InvariantCulture, out var process) ? process : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    // Null: there is no such process.
    private static string? Command(int process)
    {
        if (!Directory.Exists("/proc/self"))
        {
            var (code, output) = ServerAccount.Ourselves.Run("ps", "-o", "args=", "-p", process.ToString(CultureInfo.InvariantCulture));
            return code == 0 ? output : null;
        }

        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
