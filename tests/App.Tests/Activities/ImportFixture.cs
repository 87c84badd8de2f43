using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Activities;

/// <summary>The server with workers, and in each tenant an entity with two facilities; and what tests of imports do again and again.</summary>
public sealed class ImportFixture(TestPostgres postgres) : ApiFixture(postgres), IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        foreach (var caller in (Caller[])[Database.Acme, Database.Globex])
        {
            await Database.Database.Write<int>(
                caller,
                async session =>
                {
                    var (tenant, entity) = (caller.Tenant.Value, Guid.CreateVersion7());
                    await session.Execute("insert into org.entities (tenant_id, entity_id, code, name) values (@tenant, @entity, 'UK', 'UK Limited')", new { tenant, entity });
                    foreach (var (code, name, region) in ((string, string, string)[])[("LDS", "Leeds head office", "GB"), ("KAS", "Werk Kassel", "DE")])
                    {
                        await session.Execute(
                            "insert into org.facilities (tenant_id, facility_id, entity_id, code, name, region) values (@tenant, @id, @entity, @code, @name, @region)",
                            new { tenant, id = Guid.CreateVersion7(), entity, code, name, region });
                    }

                    return 1;
                },
                Cancelled);
        }
    }

    /// <summary>Imports a file and waits for its end; returns its summary.</summary>
    public async Task<JsonElement> Import(HttpClient client, string content, string name = "rows.csv", string? options = null) =>
        await Import(client, Encoding.UTF8.GetBytes(content), name, options);

    public async Task<JsonElement> Import(HttpClient client, byte[] content, string name = "rows.csv", string? options = null)
    {
        var started = await (await Start(client, content, name, options)).Json(202);
        return await Ended(client, started.GetProperty("import_id").GetString()!);
    }

    public static Task<HttpResponseMessage> Start(HttpClient client, byte[] content, string name, string? options)
    {
        var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(content);
        file.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        form.Add(file, "file", name);
        if (options is not null)
        {
            form.Add(new StringContent(options), "options");
        }

        return client.Post("/api/v1/imports", form);
    }

    /// <summary>The summary once the import is neither waiting nor on its way.</summary>
    public static async Task<JsonElement> Ended(HttpClient client, string importId)
    {
        while (true)
        {
            var import = await (await client.Get($"/api/v1/imports/{importId}")).Json();
            if (import.GetProperty("status").GetString() is not ("queued" or "reading" or "undoing"))
            {
                return import;
            }

            await Task.Delay(50, Cancelled);
        }
    }

    /// <summary>The summary once it was looked through for what may be there twice.</summary>
    public async Task<JsonElement> Checked(HttpClient client, JsonElement import)
    {
        while (true)
        {
            var now = await (await client.Get($"/api/v1/imports/{import.GetProperty("import_id").GetString()}")).Json();
            if (now.GetProperty("flags").ValueKind == JsonValueKind.Object)
            {
                return now;
            }

            await Alive();
        }
    }

    /// <summary>Waits until a count, behind the fence, is what it shall be.</summary>
    public async Task Becomes(long count, string sql, params object[] values)
    {
        while (await Count(sql, values) != count)
        {
            await Alive();
        }
    }

    // A job that failed would be waited for in vain.
    private async Task Alive()
    {
        await using var failed = Database.Admin.CreateCommand("select name || ': ' || problem::text from platform.jobs where problem is not null and status <> 'done' limit 1");
        Assert.Null(await failed.ExecuteScalarAsync(Cancelled));
        await Task.Delay(50, Cancelled);
    }

    /// <summary>A count, behind the fence.</summary>
    public async Task<long> Count(string sql, params object[] values)
    {
        await using var command = Database.Admin.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }

    /// <summary>Every row that was read is either an activity or a row not taken, never both, and the sheet says the same.</summary>
    public async Task Conserves(JsonElement import)
    {
        var id = import.GetProperty("import_id").GetGuid();
        var rows = import.GetProperty("rows").EnumerateObject().ToDictionary(row => row.Name, row => row.Value.GetInt64(), StringComparer.Ordinal);
        Assert.Equal(import.GetProperty("rows_read").GetInt64(), rows.Values.Sum());
        Assert.Equal(rows["calculated"] + rows["estimated"], await Count("select count(*) from activities.activities where import_id = $1 and not withdrawn", id));
        Assert.Equal(rows["excluded"] + rows["duplicate"] + rows["rejected"], await Count("select count(*) from activities.rows_not_taken where import_id = $1", id));
        Assert.Equal(0, await Count("select count(*) from activities.activities a join activities.rows_not_taken n using (tenant_id, import_id, row_no) where a.import_id = $1", id));
        foreach (var part in import.GetProperty("quantities").EnumerateArray())
        {
            await using var command = Database.Admin.CreateCommand("""
                select coalesce(sum(quantity), 0) from (
                    select quantity, unit, disposition from activities.activities where import_id = $1 and not withdrawn
                    union all select quantity, unit, disposition from activities.rows_not_taken where import_id = $1) r
                where unit = $2 and disposition = $3
                """);
            command.Parameters.AddWithValue(id);
            command.Parameters.AddWithValue(part.GetProperty("unit").GetString()!);
            command.Parameters.AddWithValue(part.GetProperty("disposition").GetString()!);
            Assert.Equal(decimal.Parse(part.GetProperty("quantity").GetString()!, System.Globalization.CultureInfo.InvariantCulture), (decimal)(await command.ExecuteScalarAsync(Cancelled))!);
        }
    }
}
