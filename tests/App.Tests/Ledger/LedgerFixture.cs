using OffGridFlow.Activities;
using OffGridFlow.Activities.Imports;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Ledger;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Ledger;

/// <summary>A ledger on a database of its own, with activities written as imports write them.</summary>
public sealed class LedgerFixture(TestPostgres postgres) : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("offgridflow-ledger").FullName;

    internal TestDatabase Test { get; } = new(postgres);

    internal Database Database => Test.Database;

    internal ActivityQueries Activities { get; private set; } = null!;

    internal FileStore Files { get; private set; } = null!;

    internal Estimators Estimators { get; } = new(new Lazy<EstimatorPool>(() => new EstimatorPool(Product.Data)));

    internal LedgerQueries Queries { get; private set; } = null!;

    internal ImportPosting Posting => new(Database, Activities, Estimators, ChunkSize.Default, TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        await Test.InitializeAsync();
        Files = FileStore.At(folder, folder);
        Activities = new ActivityQueries(Files);
        Queries = new LedgerQueries(Database, new LedgerCubes(Database), Activities, Estimators);
    }

    public async ValueTask DisposeAsync()
    {
        await Test.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A tenant of a test's own, so that tests do not add up.</summary>
    internal async Task<Caller> Tenant(string slug)
    {
        var caller = Caller.System(TenantId.New(), "test:" + slug);
        await Write(caller, "insert into org.tenants (id, slug, name) values (@id, @slug, @slug)", new { id = caller.Tenant.Value, slug });
        return caller;
    }

    internal async Task Write(Caller caller, string sql, object parameters) => Assert.True(
        (await Database.Write<int>(caller, async session => await session.Execute(sql, parameters), TestContext.Current.CancellationToken)).Value > 0);

    /// <summary>An import of activities; rows are numbered from 1.</summary>
    internal async Task<Guid> Import(Caller caller, params IReadOnlyList<NewActivity> rows)
    {
        var import = Guid.CreateVersion7();
        await Write(caller, "insert into activities.imports (tenant_id, import_id, source, created_by) values (@tenant, @import, 'api', 'test')", new { tenant = caller.Tenant.Value, import });
        await Record(caller, import, 1, rows);
        return import;
    }

    /// <summary>An import of a file: its bytes, and the activities its rows became. Rows are numbered from 2, below the header.</summary>
    internal async Task<Guid> ImportFile(Caller caller, string name, string text, params IReadOnlyList<NewActivity> rows)
    {
        var import = Guid.CreateVersion7();
        using var content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        var file = (await Files.Put(caller.Tenant, content, long.MaxValue, TestContext.Current.CancellationToken))!;
        await Write(caller, "insert into activities.files (tenant_id, sha256, size_bytes, name, content_type) values (@tenant, @Sha256, @Size, @name, 'text/csv')", new { tenant = caller.Tenant.Value, file.Sha256, file.Size, name });
        await Write(caller, """
            insert into activities.imports (tenant_id, import_id, source, sha256, file_name, status, rows_read, created_by) values (@tenant, @import, 'file', @Sha256, @name, 'read', @count, 'test')
            """, new { tenant = caller.Tenant.Value, import, file.Sha256, name, count = rows.Count });
        await Database.Write<int>(caller, async session =>
        {
            await Vocabulary.Of((await ImportRecord.Find(session, import))!, session);
            return 1;
        }, TestContext.Current.CancellationToken);
        await Record(caller, import, 2, rows);
        return import;
    }

    private async Task Record(Caller caller, Guid import, long firstRow, IReadOnlyList<NewActivity> rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            await Write(caller, """
                insert into activities.activities (tenant_id, activity_id, version, import_id, row_no, source_key, kind, quantity, unit, region, start_on, end_on,
                    quality, entity_id, facility_id, factor_id, factor_value, columns, disposition, withdrawn, recorded_by)
                values (@tenant, @ActivityId, @Version, @import, @no, @key, @Kind, @Quantity, @Unit, @Region, @start, @end,
                    @quality, @Entity, null, null, @FactorValue, @columns::jsonb, 'calculated', @Withdrawn, 'test')
                """, new
            {
                tenant = caller.Tenant.Value, import, no = firstRow + i, key = row.ActivityId.ToByteArray(), row.ActivityId, row.Version, row.Kind, row.Quantity, row.Unit,
                row.Region, start = Product.Day(row.Start), end = Product.Day(row.End), quality = (short?)row.Quality, row.Entity, row.FactorValue,
                columns = row.Columns, row.Withdrawn,
            });
        }
    }

    /// <summary>Posts an import whole.</summary>
    internal Task<long> Post(Caller caller, Guid import, bool withdrawn = false, string cause = "posting") => Posting.Post(
        caller, import, new RunCause(withdrawn ? Guid.CreateVersion7() : import, cause), withdrawn, (_, _, _) => Task.CompletedTask, TestContext.Current.CancellationToken);

    internal Task<TotalsAnswer> Totals(Caller caller, TotalsQuestion? question = null) =>
        Queries.Totals(caller, question ?? new TotalsQuestion(), TestContext.Current.CancellationToken);

    internal Task<T> Read<T>(Caller caller, Func<Session, Task<T>> work) => Database.Read(caller, work, TestContext.Current.CancellationToken);
}

/// <summary>An activity as a test writes it.</summary>
internal sealed record NewActivity(string Kind, decimal Quantity, string Unit, string? Region, string Start, string End)
{
    public Guid ActivityId { get; init; } = Guid.CreateVersion7();

    public int Version { get; init; } = 1;

    public int? Quality { get; init; }

    public Guid? Entity { get; init; }

    public decimal? FactorValue { get; init; }

    public string? Columns { get; init; }

    public bool Withdrawn { get; init; }
}
