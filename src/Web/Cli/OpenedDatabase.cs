using Npgsql;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Cli;

/// <summary>The database for as long as a verb needs it: started if it is the private one and does not run, and stopped again when nobody else uses it.</summary>
internal sealed class OpenedDatabase : IAsyncDisposable
{
    private OpenedDatabase(DatabaseSettings settings, Database database)
    {
        Settings = settings;
        Database = database;
    }

    public DatabaseSettings Settings { get; }

    public Database Database { get; }

    /// <param name="state">The state folder.</param>
    /// <param name="migrates">Applies what is pending; else something pending is a fault.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="IOException">The database cannot be had, or is not up to date.</exception>
    /// <exception cref="InvalidDataException">It is another region's.</exception>
    public static async Task<OpenedDatabase> Open(string state, bool migrates, CancellationToken ct)
    {
        var region = Regions.FromEnvironment().Own;
        var settings = await DatabaseSettings.Open(state, ct);
        try
        {
            var migrator = new Migrator(settings.Admin, HomeFolder.Migrations());
            if (migrates)
            {
                await migrator.Apply(ct);
                await DatabaseRegion.Claim(settings.Admin, region, ct);
            }
            else if (await migrator.Check(ct) is { Count: > 0 } pending)
            {
                throw new IOException($"The database lacks {string.Join(", ", pending)}: './offgridflow migrate' applies them.");
            }

            var database = await settings.OpenDatabase(ct);
            try
            {
                await DatabaseRegion.Check(database, region, ct);
                return new OpenedDatabase(settings, database);
            }
            catch
            {
                await database.DisposeAsync();
                throw;
            }
        }
        catch (Exception failed)
        {
            await Leave(settings);
            throw failed is NpgsqlException ? new IOException($"The database says: {failed.Message}", failed) : failed;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await Leave(Settings);
    }

    private static Task Leave(DatabaseSettings settings) => settings.Embedded?.Leave() ?? Task.CompletedTask;
}
