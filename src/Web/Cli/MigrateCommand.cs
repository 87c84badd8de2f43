using System.CommandLine;
using Npgsql;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Cli;

/// <summary>migrate: brings the database's data model up to this version of the program.</summary>
internal static class MigrateCommand
{
    internal static Command Create()
    {
        var state = HomeFolder.StateOption();
        var check = new Option<bool>("--check") { Description = "Only tell what is pending. Exit code 1 when anything is." };
        var region = new Option<string?>("--region") { Description = "Name the region of a database that named none until now, and of its tenants." };
        var schema = new Option<bool>("--schema") { Description = "Write db/schema.sql, the data model in one file." };
        var verb = new Verb("migrate", $"Apply db/migrations to the database of {DatabaseSettings.Variable}, else to the private one.")
        {
            Examples = ["migrate", "migrate --check", "migrate --schema", "migrate --region eu"],
            Options = { check, schema, region, state },
        };
        verb.SetAction(async (result, ct) =>
        {
            var migrations = HomeFolder.Migrations();
            var output = result.InvocationConfiguration.Output;
            var settings = await DatabaseSettings.Open(HomeFolder.State(result, state), ct);
            try
            {
                return
                    result.GetValue(schema) ? await WriteSchema(settings, migrations, output, ct) :
                    result.GetValue(check) ? await Check(new Migrator(settings.Admin, migrations), output, ct) :
                    await Apply(new Migrator(settings.Admin, migrations), settings, result.GetValue(region), output, ct);
            }
            catch (NpgsqlException fault)
            {
                throw new IOException($"The database says: {fault.Message}", fault);
            }
            finally
            {
                if (settings.Embedded is { } ours)
                {
                    await ours.Leave();
                }
            }
        });
        return verb;
    }

    private static async Task<int> Apply(Migrator migrator, DatabaseSettings settings, string? region, TextWriter output, CancellationToken ct)
    {
        var applied = await migrator.Apply(ct);
        foreach (var name in applied)
        {
            await output.WriteLineAsync($"applied {name}");
        }

        var own = await DatabaseRegion.Claim(settings.Admin, region ?? Regions.FromEnvironment().Own, ct);
        if (region is null)
        {
            DatabaseRegion.Check(own, Regions.FromEnvironment().Own);
        }
        else
        {
            await DatabaseRegion.Name(settings.Admin, Regions.Read(region, null).Own, ct);
            await output.WriteLineAsync($"The database is of region {region}.");
        }

        await output.WriteLineAsync(applied.Count == 0 ? "The data model is up to date." : $"{applied.Count} applied. The data model is up to date.");
        return CommandLine.Done;
    }

    private static async Task<int> Check(Migrator migrator, TextWriter output, CancellationToken ct)
    {
        var pending = await migrator.Check(ct);
        foreach (var name in pending)
        {
            await output.WriteLineAsync($"pending {name}");
        }

        await output.WriteLineAsync(pending.Count == 0 ? "The data model is up to date." : $"{pending.Count} pending: './offgridflow migrate' applies them.");
        return pending.Count == 0 ? CommandLine.Done : CommandLine.Fault;
    }

    private static async Task<int> WriteSchema(DatabaseSettings settings, string migrations, TextWriter output, CancellationToken ct)
    {
        var path = Path.Combine(Path.GetDirectoryName(migrations)!, "schema.sql");
        await File.WriteAllTextAsync(path, await SchemaText.OfMigrations(settings.Admin, migrations, ct), ct);
        await output.WriteLineAsync($"Wrote {path}.");
        return CommandLine.Done;
    }
}
