using Npgsql;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Postgres;

/// <summary>The region a database belongs to, which it keeps: a node of another one does not work on it.</summary>
public static class DatabaseRegion
{
    /// <summary>Gives a database that has none yet its region: after its first migration.</summary>
    /// <param name="admin">A role that may become the owner role.</param>
    /// <returns>The region it has.</returns>
    public static async Task<string> Claim(NpgsqlConnectionStringBuilder admin, string region, CancellationToken ct)
    {
        await using var connection = await Connect(admin, ct);
        await using var known = new NpgsqlCommand("select region from platform.installation", connection);
        if (await known.ExecuteScalarAsync(ct) is string own)
        {
            return own;
        }

        await Name(connection, region, ct);
        return region;
    }

    /// <summary>Names the region of a database that named none until now, and of its tenants.</summary>
    /// <exception cref="InvalidDataException">It names another one.</exception>
    public static async Task Name(NpgsqlConnectionStringBuilder admin, string region, CancellationToken ct)
    {
        await using var connection = await Connect(admin, ct);
        await Name(connection, region, ct);
    }

    /// <exception cref="InvalidDataException">The database is of another region.</exception>
    public static async Task Check(Database database, string region, CancellationToken ct)
    {
        var own = await database.Read(Caller.System(TenantId.None, "region"), session => session.First<string>("select platform.region()"), ct);
        Check(own ?? "", region);
    }

    /// <exception cref="InvalidDataException">They are two.</exception>
    public static void Check(string own, string region)
    {
        if (own != region)
        {
            throw new InvalidDataException(
                $"The database belongs to region {own}, this node to region {region} ({Regions.Variable}): its tenants' data stay in {own}."
                + (own == Regions.Unnamed ? $" If it is the same place under a new name, './offgridflow migrate --region {region}' names it." : " Name the database of this region, or the region of this database."));
        }
    }

    private static async Task Name(NpgsqlConnection connection, string region, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var owner = new NpgsqlCommand($"set local role {DatabaseRoles.Owner}", connection))
        {
            await owner.ExecuteNonQueryAsync(ct);
        }

        await using var name = new NpgsqlCommand("call platform.name_region($1)", connection);
        name.Parameters.AddWithValue(region);
        try
        {
            await name.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
        }
        catch (PostgresException other) when (other.SqlState == PostgresErrorCodes.RestrictViolation)
        {
            throw new InvalidDataException($"The region is not named {region}: {other.MessageText}.", other);
        }
    }

    private static async Task<NpgsqlConnection> Connect(NpgsqlConnectionStringBuilder admin, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }
}
