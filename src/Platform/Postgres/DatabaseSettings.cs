using Npgsql;

namespace OffGridFlow.Platform.Postgres;

/// <summary>Which database the program works on, and as whom: the one that is named, else the private server under the state folder.</summary>
public sealed class DatabaseSettings
{
    /// <summary>Names a server of one's own: a URL or a connection string of the role that owns the database.</summary>
    public const string Variable = "OFFGRIDFLOW_DATABASE";

    /// <summary>Names the role the program works as on that server; else it works as <c>offgridflow_app</c> over the owner's login.</summary>
    public const string ApplicationVariable = "OFFGRIDFLOW_APP_DATABASE";

    private const string PrivateDatabase = "offgridflow";

    private DatabaseSettings(NpgsqlConnectionStringBuilder admin, NpgsqlConnectionStringBuilder application, EmbeddedServer? embedded)
    {
        Admin = admin;
        Application = application;
        Embedded = embedded;
    }

    /// <summary>May become the owner role: for migrations only.</summary>
    public NpgsqlConnectionStringBuilder Admin { get; }

    /// <summary>What everything else works as: bound by row-level security.</summary>
    public NpgsqlConnectionStringBuilder Application { get; }

    /// <summary>The private server, or null on a server of one's own. Who is done <see cref="EmbeddedServer.Leave">leaves</see> it.</summary>
    public EmbeddedServer? Embedded { get; }

    /// <summary>Reads the settings; starts the private server when no other is named.</summary>
    /// <param name="state">The folder the private server lives under.</param>
    /// <param name="ct">Gives up waiting.</param>
    /// <exception cref="IOException">The server cannot be had, or is too old.</exception>
    /// <exception cref="InvalidDataException">A setting is not understood.</exception>
    public static Task<DatabaseSettings> Open(string state, CancellationToken ct) =>
        Open(state, Environment.GetEnvironmentVariable(Variable), Environment.GetEnvironmentVariable(ApplicationVariable), ct);

    internal static async Task<DatabaseSettings> Open(string state, string? database, string? application, CancellationToken ct)
    {
        if (!string.IsNullOrEmpty(database))
        {
            var admin = ConnectionText.Parse(database, Variable);
            await CheckVersion(admin, ct);
            var named = string.IsNullOrEmpty(application) ? WithRole(admin) : ConnectionText.Parse(application, ApplicationVariable);
            return new DatabaseSettings(admin, named, null);
        }

        var server = await EmbeddedServer.Start(state, ct: ct);
        await CreateDatabase(server.Admin("postgres"), ct);
        return Of(server);
    }

    /// <summary>The private database of a server that runs.</summary>
    public static DatabaseSettings Of(EmbeddedServer server) => new(server.Admin(PrivateDatabase), server.Application(PrivateDatabase), server);

    /// <summary>Opens the database as the application, after the migrations.</summary>
    /// <exception cref="IOException">The role could see through row-level security.</exception>
    public async Task<Database> OpenDatabase(CancellationToken ct)
    {
        var source = NpgsqlDataSource.Create(Application);
        try
        {
            await using var fenced = source.CreateCommand("select not (rolsuper or rolbypassrls) from pg_roles where rolname = current_user");
            return await fenced.ExecuteScalarAsync(ct) is true
                ? new Database(source)
                : throw new IOException($"The role of {ApplicationVariable} is a superuser or bypasses row-level security, which keeps tenants apart. Use {DatabaseRoles.Application} or a member of it.");
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    // The role is a setting of the session's start, so that it is what RESET and DISCARD return to.
    private static NpgsqlConnectionStringBuilder WithRole(NpgsqlConnectionStringBuilder admin) => new(admin.ConnectionString)
    {
        Options = $"{admin.Options} -c role={DatabaseRoles.Application}".Trim(),
    };

    private static async Task CheckVersion(NpgsqlConnectionStringBuilder admin, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
        }
        catch (NpgsqlException closed)
        {
            throw new IOException($"The server of {Variable} does not let us in: {closed.Message}", closed);
        }

        CheckVersion(connection.PostgreSqlVersion);
    }

    internal static void CheckVersion(Version version)
    {
        if (version.Major < PostgresBinaries.Oldest)
        {
            throw new IOException($"The server of {Variable} is PostgreSQL {version}; {PostgresBinaries.Oldest} or later is needed.");
        }
    }

    private static async Task CreateDatabase(NpgsqlConnectionStringBuilder admin, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var exists = new NpgsqlCommand($"select from pg_database where datname = '{PrivateDatabase}'", connection);
        if (await exists.ExecuteScalarAsync(ct) is null)
        {
            await using var create = new NpgsqlCommand($"create database {PrivateDatabase} owner {DatabaseRoles.Owner}", connection);
            try
            {
                await create.ExecuteNonQueryAsync(ct);
            }
            catch (PostgresException twice) when (twice.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
            {
                // Another start was quicker.
            }
        }
    }
}
