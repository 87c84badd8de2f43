using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Platform;

public sealed class MigratorTests(TestPostgres postgres) : IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly string folder = Directory.CreateTempSubdirectory("offgridflow").FullName;
    private string name = "";
    private NpgsqlConnectionStringBuilder admin = null!;

    public async ValueTask InitializeAsync()
    {
        name = await postgres.Empty();
        admin = (await postgres.Server()).Admin(name);
        Write("0001_first.sql", "create schema fruit; create table fruit.apples (id int primary key);");
        Write("0002_second.sql", "alter table fruit.apples add weight_kg numeric;");
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        await postgres.Drop(name);
    }

    [Fact]
    public async Task files_are_applied_once_in_order_and_as_the_owner_role()
    {
        Assert.Equal(["0001_first.sql", "0002_second.sql"], await Migrator.Check(Ct));
        Assert.Equal(["0001_first.sql", "0002_second.sql"], await Migrator.Apply(Ct));
        Assert.Empty(await Migrator.Apply(Ct));
        Assert.Empty(await Migrator.Check(Ct));
        Assert.Equal(DatabaseRoles.Owner, await Scalar("select tableowner from pg_tables where tablename = 'apples'"));
    }

    [Fact]
    public async Task a_file_that_fails_leaves_nothing_of_itself_and_is_named_with_its_line()
    {
        Write("0003_third.sql", "create table fruit.pears (id int);\ncreate table fruit.apples (id int);\nselect nothing from nowhere;");

        var wrong = await Assert.ThrowsAsync<InvalidDataException>(() => Migrator.Apply(Ct));

        Assert.StartsWith("0003_third.sql", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("apples", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(["0003_third.sql"], await Migrator.Check(Ct));
        Assert.Equal(false, await Scalar("select to_regclass('fruit.pears') is not null"));
    }

    [Fact]
    public async Task an_applied_file_that_has_changed_is_refused_by_name()
    {
        await Migrator.Apply(Ct);
        Write("0001_first.sql", "create schema vegetables;");

        var changed = await Assert.ThrowsAsync<InvalidDataException>(() => Migrator.Apply(Ct));

        Assert.Contains("0001_first.sql has changed", changed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_applied_file_that_is_gone_means_a_later_program_was_here()
    {
        await Migrator.Apply(Ct);
        File.Delete(Path.Combine(folder, "0002_second.sql"));

        var gone = await Assert.ThrowsAsync<InvalidDataException>(() => Migrator.Check(Ct));

        Assert.Contains("0002_second.sql", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_file_that_comes_late_with_an_early_number_is_refused()
    {
        File.Move(Path.Combine(folder, "0002_second.sql"), Path.Combine(folder, "0003_second.sql"));
        await Migrator.Apply(Ct);
        Write("0002_late.sql", "select 1;");

        var late = await Assert.ThrowsAsync<InvalidDataException>(() => Migrator.Apply(Ct));

        Assert.Contains("0002_late.sql comes before 0003_second.sql", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task several_who_migrate_at_once_take_turns()
    {
        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Migrator.Apply(Ct)));

        Assert.Equal(["0001_first.sql", "0002_second.sql"], applied.SelectMany(files => files));
    }

    [Theory]
    [InlineData("1_first.sql")]
    [InlineData("0002_twice.sql")]
    public async Task a_name_out_of_order_is_refused(string wrong)
    {
        Write(wrong, "select 1;");

        Assert.Contains(wrong, (await Assert.ThrowsAsync<InvalidDataException>(() => Migrator.Apply(Ct))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_schema_s_text_is_what_the_migrations_make()
    {
        var made = await SchemaText.OfMigrations(admin, Path.Combine(Repository.Root, "db", "migrations"), Ct);

        Assert.True(
            made == await File.ReadAllTextAsync(Path.Combine(Repository.Root, "db", "schema.sql"), Ct),
            "db/schema.sql is not what db/migrations make: renew it with './offgridflow migrate --schema'.");
    }

    [Fact]
    public async Task the_schema_s_text_sees_a_change_of_any_sort()
    {
        await Migrator.Apply(Ct);
        var texts = new List<string> { await Text() };
        foreach (var change in (string[])
        [
            "alter table fruit.apples add colour text default 'red'", "alter table fruit.apples alter colour set not null", "alter table fruit.apples add check (weight_kg > 0)",
            "create index on fruit.apples (colour)", "grant select on fruit.apples to offgridflow_app", "grant update (colour) on fruit.apples to offgridflow_app",
            "alter table fruit.apples enable row level security", "create policy ripe on fruit.apples using (colour = 'red')", "comment on table fruit.apples is 'They keep.'",
            "create function fruit.rot() returns trigger language plpgsql as 'begin return null; end'", "create trigger rot after insert on fruit.apples execute function fruit.rot()",
            "alter function fruit.rot() security definer", "create view fruit.red as select * from fruit.apples", "create type fruit.sort as enum ('Cox')",
            "create table fruit.boxes (at date) partition by range (at)", "create table fruit.boxes_2026 partition of fruit.boxes for values from ('2026-01-01') to ('2027-01-01')",
        ])
        {
            await Scalar(change);
            texts.Add(await Text());
        }

        Assert.Equal(texts.Count, texts.Distinct(StringComparer.Ordinal).Count());
    }

    private Migrator Migrator => new(admin, folder);

    private void Write(string file, string sql) => File.WriteAllText(Path.Combine(folder, file), sql);

    private async Task<string> Text()
    {
        await using var connection = await Connect();
        return await SchemaText.Of(connection, Ct);
    }

    private async Task<object?> Scalar(string sql)
    {
        await using var connection = await Connect();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }

    private async Task<NpgsqlConnection> Connect()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Ct);
        return connection;
    }
}
