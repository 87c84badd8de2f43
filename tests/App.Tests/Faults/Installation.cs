using System.Globalization;
using System.Text;
using Npgsql;
using OffGridFlow.Activities;
using OffGridFlow.Activities.Imports;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Ledger;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using static System.FormattableString;
using Product = OffGridFlow.App.Tests.Support.Product;

namespace OffGridFlow.App.Tests.Faults;

/// <summary>A database, a file store and two tenants. Acme's imports are disturbed; Globex then imports the same files in peace.</summary>
internal sealed class Installation : IAsyncDisposable
{
    // Everything here takes seconds; what takes longer hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string state;
    private readonly FileStore files;
    private readonly List<WorkerProcess> workers = [];
    private readonly List<string> contents = [];

    private Installation(string state, NpgsqlConnectionStringBuilder admin, NpgsqlConnectionStringBuilder application, Caller acme, Caller globex)
    {
        (this.state, AdminConnection, ApplicationConnection, Acme, Globex) = (state, admin, application, acme, globex);
        files = FileStore.At(Path.Combine(state, "files"), state);
        Database = new Database(NpgsqlDataSource.Create(application));
        Admin = NpgsqlDataSource.Create(admin);
    }

    public NpgsqlConnectionStringBuilder AdminConnection { get; }

    public NpgsqlConnectionStringBuilder ApplicationConnection { get; }

    public Database Database { get; }

    public NpgsqlDataSource Admin { get; }

    public Caller Acme { get; }

    public Caller Globex { get; }

    /// <summary>Imports by tenant, each with the rows of its file.</summary>
    public Dictionary<Caller, Dictionary<Guid, int>> Imports { get; } = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static Installation On(TestDatabase test) => new(
        Directory.CreateTempSubdirectory("offgridflow-faults").FullName, test.AdminConnection, test.ApplicationConnection, test.Acme, test.Globex);

    /// <summary>On a server of its own: migrated, with two tenants.</summary>
    public static async Task<Installation> On(EmbeddedServer server)
    {
        await Execute(server.Admin("postgres"), $"create database offgridflow owner {DatabaseRoles.Owner}");
        await new Migrator(server.Admin("offgridflow"), Path.Combine(Repository.Root, "db", "migrations")).Apply(Cancelled);
        var made = new Installation(
            Directory.CreateTempSubdirectory("offgridflow-faults").FullName, server.Admin("offgridflow"), server.Application("offgridflow"),
            Caller.System(TenantId.New(), "test:acme"), Caller.System(TenantId.New(), "test:globex"));
        foreach (var (caller, slug) in ((Caller, string)[])[(made.Acme, "acme"), (made.Globex, "globex")])
        {
            var tenant = await made.Database.Write<int>(
                caller, async session => await session.Execute("insert into org.tenants (id, slug, name) values (@Id, @slug, @slug)", new { Id = caller.Tenant.Value, slug }), Cancelled);
            Assert.Equal(1, tenant.Value);
        }

        return made;
    }

    public WorkerProcess Work(int chunk)
    {
        var worker = new WorkerProcess(state, AdminConnection, ApplicationConnection, chunk);
        workers.Add(worker);
        return worker;
    }

    /// <summary>Hands in a file of some rows, each file with others: most are calculated, some refused for every reason there is.</summary>
    public Task Import(int rows)
    {
        contents.Add(Rows(contents.Count, rows));
        return Import(Acme, contents[^1], rows);
    }

    /// <summary>Until nothing waits or runs.</summary>
    public async Task Settled(Func<Task>? meanwhile = null)
    {
        const string Busy = "select (select count(*) from platform.outbox where sent_at is null) + (select count(*) from platform.jobs where status in ('queued', 'running'))";
        var hangs = System.Diagnostics.Stopwatch.StartNew();
        while (await Ask<long?>(Busy) is not 0)
        {
            await AssertAlive(hangs);
            await Task.Delay(20, Cancelled);
            await (meanwhile?.Invoke() ?? Task.CompletedTask);
        }
    }

    /// <summary>The workers that have an import or a posting in hand.</summary>
    public async Task<IReadOnlyList<WorkerProcess>> AtWork()
    {
        var ids = (await Ask<string>("select string_agg(distinct split_part(worker, ':', 2), ',') from platform.jobs where status = 'running' and name in ('read-import', 'post-import')") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries);
        return workers.FindAll(worker => !worker.HasExited && ids.Contains(worker.Id.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal));
    }

    /// <summary>
    /// The worker with a running job of a name (or like it), once the job has come further by so many rows since it was first seen; null
    /// when none runs, or it ended meanwhile. A job that was disturbed three times without coming further is waited for in any case:
    /// eight times in a row and it goes to the dead letters, as it should.
    /// </summary>
    public async Task<WorkerProcess?> FurtherBy(int rows, string job)
    {
        const string Running = """
            select array[job_id::text, attempt::text, split_part(worker, ':', 2), failures::text, coalesce(cursor->>'last_row', cursor->>'row', '0')]
            from platform.jobs where status = 'running'
            """;
        var hangs = System.Diagnostics.Stopwatch.StartNew();
        var seen = await Ask<string[]>($"{Running} and name like '{job}' limit 1");
        if (seen is not [var id, var attempt, var process, var failures, var row])
        {
            return null;
        }

        var until = Number(row) + (Number(failures) < 3 ? rows : Math.Max(rows, 1));
        while (Number(row) < until)
        {
            await AssertAlive(hangs);
            await Task.Delay(2, Cancelled);
            if (await Ask<string[]>($"{Running} and job_id = '{id}' and attempt = {attempt}") is not [.., var now])
            {
                return null;
            }

            row = now;
        }

        return workers.Find(worker => !worker.HasExited && worker.Id == Number(process));

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>Kills a worker; whether it had a job of a name in hand when it died. Its lease ends by itself, or at once.</summary>
    public async Task<bool> Kill(WorkerProcess worker, string job, bool endsLease)
    {
        worker.Kill();
        var had = Invariant($"status = 'running' and split_part(worker, ':', 2) = '{worker.Id}'");
        var met = await Ask<bool>($"select exists (select from platform.jobs where {had} and name like '{job}')");
        if (endsLease)
        {
            await Ask<long>($"update platform.jobs set leased_until = clock_timestamp() - interval '1 s' where {had}");
            await Ask<long>("select platform.return_expired_jobs()");
        }

        return met;
    }

    /// <summary>Forgets connections to a server that was killed: those of the next are new.</summary>
    public void Reconnect()
    {
        Admin.Clear();
        Database.Source.Clear();
    }

    /// <summary>Whether a job of a name waits or runs.</summary>
    public Task<bool> Waits(string job) => Ask<bool>($"select exists (select from platform.jobs where name = '{job}' and status in ('queued', 'running'))");

    /// <summary>Imports not yet read and posted.</summary>
    public async Task<int> InHand() => (int)(await Ask<long?>(
        "select count(*) from activities.imports i where not exists (select from platform.jobs j where j.tenant_id = i.tenant_id and j.key = 'post-import:import.read:' || i.import_id and j.status = 'succeeded')") ?? int.MaxValue);

    /// <summary>The other tenant imports the same files undisturbed, in one chunk each; then both must be whole, and their totals the same.</summary>
    public async Task AssertIntact()
    {
        workers.ForEach(worker => worker.Kill());
        using (var peace = Work(20_000))
        {
            foreach (var content in contents)
            {
                await Import(Globex, content, content.Count(letter => letter == '\n') - 1);
            }

            await Settled();
        }

        // What is asked now is planned by how much there is, and that has just changed.
        await using (var analyze = Admin.CreateCommand("analyze"))
        {
            await analyze.ExecuteNonQueryAsync(Cancelled);
        }

        Assert.Equal([], await Wrong(Acme));
        Assert.Equal([], await Wrong(Globex));
        Assert.Equal(await Totals(Globex), await Totals(Acme));
    }

    /// <summary>What takes longer than anything here can take hangs: then says what is going on.</summary>
    public async Task AssertAlive(System.Diagnostics.Stopwatch since)
    {
        if (since.Elapsed > Patience)
        {
            Assert.Fail("It hangs.\n" + await Jobs() + string.Concat(workers.Where(worker => !worker.HasExited).Select(worker => worker.Said)));
        }
    }

    public Task<IReadOnlyList<string>> Wrong(Caller caller) => Database.Read(caller, session => Intact.Check(session, Imports[caller], Cancelled), Cancelled);

    /// <summary>One figure, or null when the database does not answer.</summary>
    public async Task<T?> Ask<T>(string sql)
    {
        try
        {
            await using var command = Admin.CreateCommand(sql);
            return await command.ExecuteScalarAsync(Cancelled) is T found ? found : default;
        }
        catch (NpgsqlException)
        {
            return default;
        }
    }

    public async ValueTask DisposeAsync()
    {
        workers.ForEach(worker => worker.Dispose());
        await Database.DisposeAsync();
        await Admin.DisposeAsync();
        Directory.Delete(state, recursive: true);
    }

    private async Task Import(Caller caller, string content, int rows)
    {
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(content));
        var file = (await files.Put(caller.Tenant, bytes, files.MostBytes, Cancelled))!;
        var started = await Database.Write(
            caller, session => StartImport.Handle(new StartImport.Request(file, "rows.csv", "text/csv", new ImportOptions()), session, Product.Data, TimeProvider.System), Cancelled);
        Assert.Null(started.Problem);
        Imports.TryAdd(caller, []);
        Imports[caller].Add(started.Value.ImportId, rows);
    }

    private async Task<IReadOnlyList<string>> Totals(Caller caller)
    {
        var queries = new LedgerQueries(Database, new LedgerCubes(Database), new ActivityQueries(files), new Estimators(new Lazy<EstimatorPool>(() => new EstimatorPool(Product.Data))));
        var answer = await queries.Totals(caller, new TotalsQuestion { GroupBy = [Dimension.Month, Dimension.Kind, Dimension.Scope, Dimension.Basis, Dimension.Status] }, Cancelled);
        Assert.True(answer.Total.Co2eKg > 0);
        return [.. answer.Groups.Append(new TotalsGroup(null, null, null, null, null, null, null, null, null, null, null, answer.Total, null))
            .Select(group => Invariant($"{group.Month} {group.Kind} {group.Scope} {group.Basis} {group.Status}: {group.Total!.Co2eKg} {group.Total.LowKg:F6} {group.Total.HighKg:F6} {group.Total.BiogenicCo2Kg} of {group.Total.Entries}"))
            .Order(StringComparer.Ordinal)];
    }

    private static string Rows(int file, int count)
    {
        var draw = new Random(file);
        var text = new StringBuilder("id,kind,quantity,unit,region,start,end\n");
        for (var row = 0; row < count; row++)
        {
            var (month, quantity) = (draw.Next(1, 10), draw.Next(1, 1_000_000) / 100m);
            text.Append(draw.Next(20) switch
            {
                0 => Invariant($"F{file}-{row},electrcity.grid,{quantity},kWh,GB,2024-01-01,2024-01-31\n"),
                1 => Invariant($"F{file}-{row},fuel.diesel,,L,GB,2024-01-01,2024-01-31\n"),
                2 => Invariant($"F{file}-0,fuel.diesel,11,L,GB,2024-0{month}-01,2024-0{month}-28\n"), // Mostly a duplicate.
                3 => Invariant($"F{file}-{row},fuel.diesel,-{quantity},L,DE,2024-0{month}-01,2024-0{month}-28\n"),
                < 9 => Invariant($"F{file}-{row},fuel.natural-gas,{quantity},kWh (gross),GB,2024-0{month}-05,2024-12-20\n"),
                _ => Invariant($"F{file}-{row},electricity.grid,{quantity},kWh,DE,2025-0{month}-01,2025-0{month}-28\n"),
            });
        }

        return text.ToString();
    }

    private async Task<string> Jobs() => await Ask<string>(
        "select string_agg(format('%s %s attempt %s failures %s %s', name, status, attempt, failures, problem), E'\\n') from platform.jobs where status <> 'succeeded'") ?? "The database does not answer.";

    private static async Task Execute(NpgsqlConnectionStringBuilder where, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(where.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancelled);
    }
}
