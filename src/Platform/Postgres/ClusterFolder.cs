using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace OffGridFlow.Platform.Postgres;

/// <summary>Where a private cluster keeps its files: <c>data</c>, <c>log</c>, <c>password</c> and <c>port</c> in one folder of the account that runs it.</summary>
internal sealed class ClusterFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Passable = Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    // For what another account must reach when the state folder is closed to it: /root, a home folder.
    private const string Elsewhere = "/var/lib/offgridflow";

    private ClusterFolder(string path, ServerAccount account)
    {
        Root = path;
        Account = account;
    }

    public string Root { get; }

    public ServerAccount Account { get; }

    public string Data => Path.Combine(Root, "data");

    public string Log => Path.Combine(Root, "log");

    public string PasswordFile => Path.Combine(Root, "password");

    public string Settings => Path.Combine(Data, "offgridflow.conf");

    public string PidFile => Path.Combine(Data, "postmaster.pid");

    public bool Exists => File.Exists(Path.Combine(Data, "PG_VERSION"));

    /// <summary>The version that made the cluster, or null when there is none.</summary>
    public int? Major => Exists ? int.Parse(File.ReadAllText(Path.Combine(Data, "PG_VERSION")).Trim(), CultureInfo.InvariantCulture) : null;

    private string PortFile => Path.Combine(Root, "port");

    /// <summary>The port of the last start, or null.</summary>
    public int? Port
    {
        get => File.Exists(PortFile) && int.TryParse(File.ReadAllText(PortFile), CultureInfo.InvariantCulture, out var port) ? port : null;
        set => File.WriteAllText(PortFile, string.Create(CultureInfo.InvariantCulture, $"{value}\n"));
    }

    public string Password => File.ReadAllText(PasswordFile).Trim();

    /// <summary>Where the npm package goes: beside the cluster when that had to leave the state folder, for the same reason.</summary>
    public static string Packages(string state, ClusterFolder cluster) =>
        cluster.Root.StartsWith(Elsewhere, StringComparison.Ordinal) ? Path.Combine(Elsewhere, "postgres") : Path.Combine(state, "postgres");

    /// <summary>The folder a state folder has, or null when it has none yet.</summary>
    public static ClusterFolder? Find(string state)
    {
        var pointer = Pointer(state);
        var path = File.Exists(pointer) ? File.ReadAllText(pointer).Trim() : Inside(state);
        return Directory.Exists(path) ? new ClusterFolder(path, ServerAccount.For(path)) : null;
    }

    /// <summary>Finds the folder, or makes it where the account that will run the server can work.</summary>
    public static ClusterFolder Make(string state)
    {
        if (Find(state) is { } found)
        {
            return found;
        }

        var inside = Inside(state);
        var account = ServerAccount.For(inside);
        Directory.CreateDirectory(inside, Private);
        account.Own(inside);
        if (account.CanWrite(inside))
        {
            return new ClusterFolder(inside, account);
        }

        Directory.Delete(inside);
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(state))))[..16];
        var outside = Path.Combine(Elsewhere, name);
        Directory.CreateDirectory(Elsewhere);
        File.SetUnixFileMode(Elsewhere, Passable); // Whatever the umask is.
        Directory.CreateDirectory(outside, Private);
        account.Own(outside);
        File.WriteAllText(Pointer(state), outside + "\n");
        return new ClusterFolder(outside, account);
    }

    /// <summary>Deletes it with all its data.</summary>
    public static void Delete(string state)
    {
        if (Find(state) is { } cluster)
        {
            Directory.Delete(cluster.Root, recursive: true);
        }

        File.Delete(Pointer(state));
    }

    /// <summary>A port nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A secret only the account and root can read.</summary>
    public void WritePassword()
    {
        File.WriteAllText(PasswordFile, "");
        File.SetUnixFileMode(PasswordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(PasswordFile, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)) + "\n");
        Account.Own(PasswordFile);
    }

    private static string Inside(string state) => Path.Combine(Path.GetFullPath(state), "database");

    private static string Pointer(string state) => Path.Combine(Path.GetFullPath(state), "database.at");
}
