using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Npgsql;

namespace OffGridFlow.Platform.Postgres;

/// <summary>One step of the data model: a file db/migrations/NNNN_name.sql.</summary>
public sealed record Migration(string Name, string Sql, string Sha256);

/// <summary>Brings a database's data model up to the files, forward only.</summary>
/// <param name="admin">A role that may become the owner role.</param>
/// <param name="folder">db/migrations.</param>
public sealed partial class Migrator(NpgsqlConnectionStringBuilder admin, string folder)
{
    // Any number, the same for everybody who migrates this database.
    private const long Lock = 0x0FF_6121D_F10;

    private const string CreateRecord = """
        create schema if not exists platform;
        create table if not exists platform.migrations (
            name text primary key,
            sha256 text not null,
            applied_at timestamptz not null default now()
        );
        grant usage on schema platform to offgridflow_app;
        grant select on platform.migrations to offgridflow_app;
        """;

    /// <summary>The files in order.</summary>
    /// <exception cref="InvalidDataException">A file's name is not of the form, or a number is taken twice.</exception>
    public static IReadOnlyList<Migration> Files(string folder)
    {
        var files = Directory.GetFiles(folder, "*.sql").Order(StringComparer.Ordinal).Select(path =>
        {
            var name = Path.GetFileName(path);
            var sql = File.ReadAllText(path);
            return FileName().IsMatch(name)
                ? new Migration(name, sql, Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(sql))))
                : throw new InvalidDataException($"{path} is not named like 0001_platform.sql.");
        }).ToList();
        var twice = files.GroupBy(file => file.Name[..4], StringComparer.Ordinal).FirstOrDefault(number => number.Count() > 1);
        return twice is null ? files : throw new InvalidDataException($"Two migrations have one number: {string.Join(", ", twice.Select(file => file.Name))}.");
    }

    /// <summary>The files that are still to be applied.</summary>
    /// <exception cref="InvalidDataException">An applied file has changed or is gone.</exception>
    public async Task<IReadOnlyList<string>> Check(CancellationToken ct)
    {
        await using var connection = await Connect(ct);
        return (await Pending(connection, Files(folder), ct)).Select(file => file.Name).ToList();
    }

    /// <summary>Applies what is pending, each file in one transaction, and returns the files' names. Several at once take turns.</summary>
    /// <exception cref="InvalidDataException">An applied file has changed or is gone, or a file's SQL fails: the message names it.</exception>
    public async Task<IReadOnlyList<string>> Apply(CancellationToken ct)
    {
        var files = Files(folder);
        await using var connection = await Connect(ct);
        await DatabaseRoles.Ensure(connection, ct);
        await Execute(connection, $"select pg_advisory_lock({Lock})", ct); // Held until the connection closes.
        await Execute(connection, $"do $$ begin execute format('grant create, connect, temporary on database %I to {DatabaseRoles.Owner}', current_database()); execute format('grant connect, temporary on database %I to {DatabaseRoles.Application}', current_database()); end $$", ct);
        var applied = new List<string>();
        foreach (var file in await Pending(connection, files, ct))
        {
            await Apply(connection, file, ct);
            applied.Add(file.Name);
        }

        return applied;
    }

    /// <summary>The last migration of the database.</summary>
    public static async Task<string> Last(Session session) => (await session.First<string>("select name from platform.migrations order by name desc limit 1"))!;

    private static async Task Apply(NpgsqlConnection connection, Migration file, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        try
        {
            await Execute(connection, $"set local role {DatabaseRoles.Owner}", ct);
            await Execute(connection, file.Sql, ct);
            await Execute(connection, $"set local role {DatabaseRoles.Owner}; reset search_path; " + CreateRecord, ct);
            await using var record = new NpgsqlCommand("insert into platform.migrations (name, sha256) values ($1, $2)", connection, transaction);
            record.Parameters.AddWithValue(file.Name);
            record.Parameters.AddWithValue(file.Sha256);
            await record.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
        }
        catch (PostgresException wrong)
        {
            throw new InvalidDataException($"{file.Name}{Line(file.Sql, wrong.Position)}: {wrong.MessageText}{(wrong.Detail is null ? "" : $" ({wrong.Detail})")}", wrong);
        }
    }

    private static string Line(string sql, int position) =>
        position > 0 && position <= sql.Length ? $" line {sql.AsSpan(0, position - 1).Count('\n') + 1}" : "";

    private static async Task<List<Migration>> Pending(NpgsqlConnection connection, IReadOnlyList<Migration> files, CancellationToken ct)
    {
        var applied = await Applied(connection, ct);
        var byName = files.ToDictionary(file => file.Name, StringComparer.Ordinal);
        foreach (var (name, sha256) in applied)
        {
            if (!byName.TryGetValue(name, out var file))
            {
                throw new InvalidDataException($"The database has {name}, which is not among the migrations: it was made by a later version of the program.");
            }

            if (file.Sha256 != sha256)
            {
                throw new InvalidDataException($"{name} has changed since it was applied. An applied migration stays as it was; put the change into a new file.");
            }
        }

        var pending = files.Where(file => !applied.ContainsKey(file.Name)).ToList();
        var last = applied.Keys.Max(StringComparer.Ordinal);
        return pending.Find(file => string.CompareOrdinal(file.Name, last) < 0) is { } late
            ? throw new InvalidDataException($"{late.Name} comes before {last}, which is applied already. Give it the next number.")
            : pending;
    }

    private static async Task<Dictionary<string, string>> Applied(NpgsqlConnection connection, CancellationToken ct)
    {
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var exists = new NpgsqlCommand("select to_regclass('platform.migrations') is not null", connection);
        if (await exists.ExecuteScalarAsync(ct) is true)
        {
            await using var select = new NpgsqlCommand("select name, sha256 from platform.migrations", connection);
            await using var rows = await select.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
            {
                applied.Add(rows.GetString(0), rows.GetString(1));
            }
        }

        return applied;
    }

    private async Task<NpgsqlConnection> Connect(CancellationToken ct)
    {
        // No pool: roles and locks end with the connection. Migrations take as long as they take.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    [GeneratedRegex(@"^\d{4}_[a-z0-9_]+\.sql$", RegexOptions.None, 1000)]
    private static partial Regex FileName();
}
