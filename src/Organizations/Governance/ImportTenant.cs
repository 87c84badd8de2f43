using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Npgsql;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Governance;

/// <summary>
/// Brings an export into this installation: every part's hash and rows are checked before, and all of it is one transaction. Only the operator can, as the owner
/// of the tables: trails, ledgers and proofs arrive as they were. Secrets stayed behind: webhooks and API keys get new ones, members choose a password.
/// </summary>
internal static class ImportTenant
{
    private const int Buffer = 1 << 16;

    /// <param name="Members">Of them, those who had no account here.</param>
    /// <param name="Known">Those who have an account of their own here, by their address: they are that person now. The trail names them as it did.</param>
    /// <param name="WasToEnd">Whether its erasure had been asked for where it comes from: it is not erased here for that.</param>
    public sealed record Response(TenantId Tenant, string Slug, string Name, long Rows, int Files, int Members, IReadOnlyList<KnownPerson> Known, bool WasToEnd);

    /// <summary>Somebody whose address has an account here under another id.</summary>
    /// <param name="There">Their id where they come from.</param>
    /// <param name="Here">Their id here.</param>
    public sealed record KnownPerson(string Email, Guid There, Guid Here);

    /// <param name="path">The zip.</param>
    /// <param name="slug">Another slug than it had; null: its own.</param>
    /// <param name="admin">May become the owner role.</param>
    /// <param name="database">As the program works.</param>
    /// <param name="files">Where raw files go.</param>
    /// <param name="ct">Stops it; nothing of it stays but files no row refers to.</param>
    public static async Task<Result<Response>> Handle(string path, string? slug, NpgsqlConnectionStringBuilder admin, Database database, FileStore files, CancellationToken ct)
    {
        await using var zip = await ZipFile.OpenReadAsync(path, ct);
        if (!(await Check(zip, ct)).TryValue(out var manifest, out var problem))
        {
            return problem;
        }

        slug ??= manifest.TenantSlug;
        var here = await database.Read(Caller.System(TenantId.None, "cli:tenant-import"), Migrator.Last, ct);
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await Execute(connection, "set local role offgridflow_owner; set constraints all deferred", ct);
        await connection.ExecuteAsync(
            """
            select set_config('app.tenant_id', @tenant, true), set_config('app.actor', 'cli:tenant-import', true), set_config('app.importing', 'on', true), set_config('TimeZone', 'UTC', true)
            """,
            new { tenant = manifest.TenantId.ToString() });
        if (await Refusal(connection, manifest, slug, here) is { } refused)
        {
            return refused;
        }

        await connection.ExecuteAsync("insert into org.tenant_imports (tenant_id) values (@TenantId)", new { manifest.TenantId });
        var added = await Persons(zip, connection, ct);
        var (members, known) = added;

        var rows = 0L;
        foreach (var table in await Tables(connection))
        {
            rows += await Rows(zip, table, connection, ct);
        }

        // Who asked for its end asked for it there; who brings it in wants it here.
        var wasToEnd = await connection.ExecuteAsync(
            "update org.erasures set cancelled_at = clock_timestamp(), cancelled_by = 'cli:tenant-import' where tenant_id = @TenantId and cancelled_at is null", new { manifest.TenantId }) > 0;
        await connection.ExecuteAsync("update org.tenant_imports set finished_at = clock_timestamp() where tenant_id = @TenantId", new { manifest.TenantId });
        if (slug != manifest.TenantSlug)
        {
            await Execute(connection, "reset role; set local role offgridflow_app; select set_config('app.importing', '', true)", ct);
            await connection.ExecuteAsync("update org.tenants set slug = @slug", new { slug });
            await Execute(connection, "reset role; set local role offgridflow_owner", ct);
        }

        // It is here now.
        await connection.ExecuteAsync("delete from org.elsewhere where slug = @slug or id = @TenantId", new { slug, manifest.TenantId });

        // Before the rows that refer to them are there for anybody to see.
        var count = 0;
        foreach (var part in manifest.Files.Where(part => part.Rows is null))
        {
            await using var content = await zip.GetEntry(part.Name)!.OpenAsync(ct);
            await files.Put(new TenantId(manifest.TenantId), content, long.MaxValue, ct);
            count++;
        }

        await transaction.CommitAsync(ct);
        // On the installation's trail: the tenant's own is as it was.
        await database.Write<int>(
            Caller.System(TenantId.None, "cli:tenant-import"),
            async session =>
            {
                await Trail.Record(session, "tenant.imported", new { manifest.TenantId, slug, manifest.ExportedAt, rows, files = count, people = known.Select(one => new { one.There, one.Here }) });
                return 1;
            },
            ct);
        return new Response(new TenantId(manifest.TenantId), slug, manifest.TenantName, rows, count, members, known, wasToEnd);
    }

    // Every part is there, and is what the manifest says; no other is.
    private static async Task<Result<TenantManifest>> Check(ZipArchive zip, CancellationToken ct)
    {
        if (zip.GetEntry(TenantManifest.Name) is not { } said)
        {
            return Damaged(TenantManifest.Name, "nothing", "a manifest");
        }

        TenantManifest? manifest;
        await using (var content = await said.OpenAsync(ct))
        {
            manifest = await JsonSerializer.DeserializeAsync<TenantManifest>(content, Json.Options, ct);
        }

        if (manifest is not { Format: TenantManifest.Kind, Version: TenantManifest.Current })
        {
            return Damaged(TenantManifest.Name, $"{manifest?.Format} {manifest?.Version}", $"{TenantManifest.Kind} {TenantManifest.Current}");
        }

        var parts = manifest.Files.ToDictionary(part => part.Name, StringComparer.Ordinal);
        foreach (var entry in zip.Entries.Where(entry => entry.FullName != TenantManifest.Name))
        {
            if (!parts.Remove(entry.FullName, out var part))
            {
                return Damaged(entry.FullName, "a part", "none of that name");
            }

            await using var content = await entry.OpenAsync(ct);
            var (bytes, sha256, lines) = await Measure(content, ct);
            if (bytes != part.Bytes || sha256 != part.Sha256)
            {
                return Damaged(part.Name, $"{bytes} bytes, SHA-256 {sha256}", $"{part.Bytes} bytes, SHA-256 {part.Sha256}");
            }

            if (part.Name.EndsWith(".ndjson", StringComparison.Ordinal) && lines != part.Rows)
            {
                return Damaged(part.Name, $"{lines} rows", $"{part.Rows} rows");
            }

            if (part.Rows is null && !part.Name.EndsWith(sha256, StringComparison.Ordinal))
            {
                return Damaged(part.Name, $"SHA-256 {sha256}", "a file named by its hash");
            }
        }

        return parts.Count == 0 ? manifest : Damaged(parts.Keys.First(), "nothing", "a part of that name");
    }

    private static Problem Damaged(string part, string found, string expected) => new("export.damaged", part, found, expected, "Take the export again, and carry it over whole.");

    private static async Task<(long Bytes, string Sha256, long Lines)> Measure(Stream content, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, bytes, lines) = (new byte[Buffer], 0L, 0L);
        int read;
        while ((read = await content.ReadAsync(buffer, ct)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            bytes += read;
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), lines);
    }

    private static async Task<Problem?> Refusal(NpgsqlConnection connection, TenantManifest manifest, string slug, string here)
    {
        if (here != manifest.Schema)
        {
            return new Problem("export.schema", "schema", manifest.Schema, here, "Bring both installations to the same version first.");
        }

        if (await connection.ExecuteScalarAsync<string?>("select region from org.elsewhere where slug = @slug and slug <> @TenantSlug", new { slug, manifest.TenantSlug }) is { } elsewhere)
        {
            return new Problem("tenant.slug-elsewhere", "slug", slug, $"a slug no tenant has: this one's is in region {elsewhere}", "Choose another.") { Kind = ProblemKind.Conflict };
        }

        return await connection.ExecuteScalarAsync<bool>("select exists (select from org.tenants where id = @TenantId) or exists (select from org.tenant_imports where tenant_id = @TenantId)", new { manifest.TenantId })
            ? new Problem("tenant.is-here", "tenant_id", manifest.TenantId.ToString(), "a tenant this installation does not have", "It is here already: nothing was brought in.") { Kind = ProblemKind.Conflict }
            : await connection.ExecuteScalarAsync<bool>("select exists (select from org.tenants where slug = @slug)", new { slug })
                ? new Problem("tenant.slug-taken", "slug", slug, "a slug no tenant has", "Choose another; 'tenant list' shows those there are.") { Kind = ProblemKind.Conflict }
                : null;
    }

    // A person is one. Whose address has an account here already is that person: their rows name them so; what is chained and proven stays as it was written.
    private static async Task<(int Added, IReadOnlyList<KnownPerson> Known)> Persons(ZipArchive zip, NpgsqlConnection connection, CancellationToken ct)
    {
        var (added, known) = (0, new List<KnownPerson>());
        await Execute(connection, "create temporary table known_persons (there uuid primary key, here uuid not null) on commit drop", ct);
        await using var content = await zip.GetEntry($"data/{TenantPerson.Part}.ndjson")!.OpenAsync(ct);
        using var lines = new StreamReader(content);
        while (await lines.ReadLineAsync(ct) is { } line)
        {
            var person = JsonSerializer.Deserialize<TenantPerson>(line, Json.Options)!;
            var key = EmailAddress.Read(person.Email)?.Key ?? person.Email;
            var there = await connection.ExecuteScalarAsync<Guid?>("select user_id from people.users where user_id = @UserId or email_key = @key order by user_id = @UserId desc limit 1", new { person.UserId, key });
            if (there is { } other && other != person.UserId)
            {
                await connection.ExecuteAsync("insert into known_persons (there, here) values (@UserId, @other)", new { person.UserId, other });
                known.Add(new KnownPerson(person.Email, person.UserId, other));
            }

            added += there is not null ? 0 : await connection.ExecuteAsync(
                "insert into people.users (user_id, email, email_key, name, status, email_confirmed_at) values (@UserId, @Email, @key, @Name, @Status, @EmailConfirmedAt)",
                new { person.UserId, person.Email, key, person.Name, person.Status, EmailConfirmedAt = person.EmailConfirmedAt?.UtcDateTime });
        }

        return (added, known);
    }

    // Those that are referred to before those that refer.
    private static async Task<IReadOnlyList<TenantTable>> Tables(NpgsqlConnection connection)
    {
        var all = (await connection.QueryAsync<TenantTable>(TenantTables.Sql, new { TenantTables.Tenants })).Where(table => !TenantTables.Left.ContainsKey(table.Name))
            .ToDictionary(table => table.Name, StringComparer.Ordinal);
        var order = (await connection.QueryAsync<string>("select o::text from org.deletion_order('tenant_id') with ordinality as d (o, place) order by place desc")).Where(all.ContainsKey);
        return [all[TenantTables.Tenants], .. order.Select(name => all[name])];
    }

    private static async Task<long> Rows(ZipArchive zip, TenantTable table, NpgsqlConnection connection, CancellationToken ct)
    {
        var part = zip.GetEntry($"data/{table.Name}.ndjson") ?? throw new InvalidDataException($"The export has no {table.Name}.");
        await Execute(connection, "create temporary table if not exists incoming (line json) on commit drop; truncate incoming", ct);
        await using (var content = await part.OpenAsync(ct))
        {
            using var lines = new StreamReader(content);
            await using var into = await connection.BeginTextImportAsync($"copy incoming from stdin {TenantTables.Lines}", ct);
            var buffer = new char[Buffer];
            int read;
            while ((read = await lines.ReadAsync(buffer, ct)) > 0)
            {
                await into.WriteAsync(buffer.AsMemory(0, read), ct);
            }
        }

        // Where a secret must stand, one nobody knows.
        var columns = string.Join(", ", table.Columns.Concat(table.Secrets).Select(TenantTables.Quoted));
        var values = string.Join(", ", table.Columns.Select(Value).Concat(table.Secrets.Select(_ => "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())")));
        string Value(string column) => table.Name != "platform.audit" && column is "user_id" or "accepted_by"
            ? $"coalesce((select k.here from known_persons k where k.there = r.{TenantTables.Quoted(column)}), r.{TenantTables.Quoted(column)})" : $"r.{TenantTables.Quoted(column)}";
        return await Execute(connection, $"insert into {table.Name} ({columns}) select {values} from incoming i cross join lateral json_populate_record(null::{table.Name}, i.line) r", ct);
    }

    private static async Task<int> Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(ct);
    }
}
