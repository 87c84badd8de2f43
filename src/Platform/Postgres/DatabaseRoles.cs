using Npgsql;

namespace OffGridFlow.Platform.Postgres;

/// <summary>The three roles. They belong to the whole server, so that several databases on it share them.</summary>
public static class DatabaseRoles
{
    /// <summary>Owns every object; migrations run as it. Nobody logs in as it.</summary>
    public const string Owner = "offgridflow_owner";

    /// <summary>What the program works as: reads and writes rows under row-level security, owns nothing.</summary>
    public const string Application = "offgridflow_app";

    /// <summary>People who look after the database.</summary>
    public const string Operations = "offgridflow_ops";

    // Two databases may be set up at once: whoever comes second finds them made.
    private const string CreateRoles = """
        do $$
        declare wanted record;
        begin
            for wanted in select * from (values
                ('offgridflow_owner', 'nologin'), ('offgridflow_app', 'nologin noinherit'), ('offgridflow_ops', 'nologin')) as roles (name, options)
            loop
                if not exists (select from pg_roles where rolname = wanted.name) then
                    begin
                        execute format('create role %I %s nosuperuser nocreatedb nocreaterole nobypassrls', wanted.name, wanted.options);
                    exception when duplicate_object or unique_violation then null;
                    end;
                end if;
                if not pg_has_role(session_user, wanted.name, 'member') then
                    execute format('grant %I to %I', wanted.name, session_user);
                end if;
            end loop;
        end $$
        """;

    /// <summary>Makes the roles that are not there yet, and lets the connected role become each of them.</summary>
    /// <param name="admin">A superuser, or a role that may create roles.</param>
    /// <param name="applicationPassword">Lets the application role log in with it; null: it is only reached from the role of <paramref name="admin"/>.</param>
    /// <param name="ct">Stops.</param>
    public static async Task Ensure(NpgsqlConnectionStringBuilder admin, string? applicationPassword, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await Ensure(connection, ct);
        if (applicationPassword is not null)
        {
            // A utility statement takes no parameters; the password is hexadecimal.
            await using var login = new NpgsqlCommand($"alter role {Application} login password '{applicationPassword}'", connection);
            await login.ExecuteNonQueryAsync(ct);
        }
    }

    internal static async Task Ensure(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var create = new NpgsqlCommand(CreateRoles, connection);
        try
        {
            await create.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new IOException(
                $"The role of OFFGRIDFLOW_DATABASE may not create roles ({refused.MessageText}). Let an administrator run: create role {Owner}; create role {Application}; create role {Operations}; grant {Owner}, {Application}, {Operations} to that role.",
                refused);
        }
    }
}
