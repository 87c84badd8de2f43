using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OffGridFlow.App.Tests.Ledger;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Support;

/// <summary>
/// One organisation in which everything is done once that changes something: each operation of the document that is no GET, so that it succeeds. What it leaves is a tenant with
/// something of everything, and the requests by their ids.
/// </summary>
internal sealed partial class EveryChange(ApiFixture api, Caller tenant, HttpClient key)
{
    public const string Agent = "every-change/1.0";

    private static readonly (string Name, string Value)[] PasskeyPage = [("Host", SoftPasskey.Site), ("Origin", "http://" + SoftPasskey.Site)];

    private readonly string own = Guid.CreateVersion7().ToString("N")[^12..];
    private int next;
    private string place = "";

    /// <param name="Operation">As the document has it.</param>
    /// <param name="RequestId">Of the request.</param>
    /// <param name="Actor">Who asked, or began to be somebody by it; empty: nobody yet.</param>
    internal sealed record Done(string Operation, string RequestId, string Actor);

    public List<Done> All { get; } = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task Go()
    {
        // Everything that is wrong is told at once.
        var wrong = new List<string>();
        foreach (var part in (Func<Task>[])[Organization, Settings, Data, Figures, Ways, Directory, Members, Accounts, End])
        {
            if (await Record.ExceptionAsync(part) is { } failed)
            {
                wrong.Add($"{part.Method.Name}: {failed}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private async Task Organization()
    {
        place = Code();
        var entity = Id(await Do("POST /api/v1/entities", new { code = place, name = "Works, \"quoted\" and \\ more", country = "DE" }));
        await Do("PATCH /api/v1/entities/{entity_id}", new { name = "=Works" }, entity);
        await Do("PUT /api/v1/entities/{entity_id}/shares", new { shares = new[] { new { valid_from = "2025-01-01", equity_share = "0.5", financial_control = "sole", operational_control = true } } }, entity);
        var facility = Id(await Do("POST /api/v1/facilities", new { entity_id = entity, code = Code(), name = "Ofen Süd 🔥", region = "GB" }));
        await Do("PATCH /api/v1/facilities/{facility_id}", new { headcount = "12" }, facility);
        var project = Id(await Do("POST /api/v1/projects", new { code = Code(), name = "Süd", starts_on = "2025-01-01" }));
        await Do("PUT /api/v1/projects/{project_id}/facilities", new { facility_ids = new[] { facility } }, project);
        await Do("PATCH /api/v1/projects/{project_id}", new { name = "Nord" }, project);
        await Do("DELETE /api/v1/projects/{project_id}", null, project);
        await Do("POST /api/v1/projects/{project_id}/restore", null, project);
        var gone = Id(await Do("POST /api/v1/entities", new { code = Code(), name = "Sold" }));
        var shut = Id(await Do("POST /api/v1/facilities", new { entity_id = gone, code = Code(), name = "Shut" }));
        await Do("DELETE /api/v1/facilities/{facility_id}", null, shut);
        await Do("POST /api/v1/facilities/{facility_id}/restore", null, shut);
        await Do("DELETE /api/v1/facilities/{facility_id}", null, shut);
        await Do("DELETE /api/v1/entities/{entity_id}", null, gone);
        await Do("POST /api/v1/entities/{entity_id}/restore", null, gone);
        var year = Id(await Do("POST /api/v1/periods", new { granularity = "year", starts_on = "2033-01-01" }));
        await Do("PATCH /api/v1/periods/{period_id}", new { code = "Y33" }, year);
        await Do("PATCH /api/v1/periods/{period_id}/policy", new { gwp_set = "AR5" }, year);
        await Do("POST /api/v1/periods/{id}/close", new { reason = "Audited" }, year);
        await Do("POST /api/v1/periods/{id}/reopen", new { reason = "Not quite" }, year);
        await Do("DELETE /api/v1/periods/{period_id}", null, year);
        await Do("POST /api/v1/periods/{period_id}/restore", null, year);
    }

    private async Task Settings()
    {
        await Do("PATCH /api/v1/tenant", new { settings = new { note = "two\nlines\tand \u0001 and \\N" } });
        await Do("PATCH /api/v1/security", new { four_eyes = true });
        await Do("PATCH /api/v1/security", new { four_eyes = false });
        await Do("PUT /api/v1/billing", new { legal_name = "Works, \"quoted\"", address_lines = new[] { "Line, {1}", "\\N" }, city = "Kassel", country = "DE", invoice_email = "invoices@example.org", currency = "EUR" });
        await Do("POST /api/v1/security/origins", new { origin = $"https://{own}.example" });
        var origin = Id(await Do("POST /api/v1/security/origins", new { origin = $"https://gone-{own}.example" }));
        await Do("DELETE /api/v1/security/origins/{origin_id}", null, origin);
        await Do("POST /api/v1/roles", new { name = "r" + own, title = "Plant lead", permissions = new[] { "ledger:read" } });
        await Do("PATCH /api/v1/roles/{name}", new { title = "Head of plant" }, "r" + own);
        await Do("POST /api/v1/roles", new { name = "gone" + own, title = "Nobody", permissions = new[] { "ledger:read" } });
        await Do("DELETE /api/v1/roles/{name}", null, "gone" + own);
        object provider = new { name = "Sign-in", issuer = $"https://login-{own}.example.org", client_id = "x", client_secret = "y" };
        var id = Id(await Do("POST /api/v1/providers", provider));
        await Do("PUT /api/v1/providers/{provider_id}", new { name = "Sign-in here", issuer = $"https://login-{own}.example.org", client_id = "x" }, id);
        var gone = Id(await Do("POST /api/v1/providers", new { name = "Gone", issuer = $"https://gone-{own}.example.org", client_id = "x", client_secret = "y" }));
        await Do("DELETE /api/v1/providers/{provider_id}", null, gone);
    }

    private async Task Data()
    {
        var template = Id(await Do("POST /api/v1/import-templates", new { name = Code(), options = new { region = "DE" } }));
        await Do("PUT /api/v1/import-templates/{id}", new { name = Code(), options = new { region = "GB" } }, template);
        await Do("DELETE /api/v1/import-templates/{id}", null, Id(await Do("POST /api/v1/import-templates", new { name = Code(), options = new { } })));
        await Do("POST /api/v1/kind-synonyms", new { name = "strom " + own, kind = "electricity.grid" });
        await Do("POST /api/v1/kind-synonyms", new { name = "gone " + own, kind = "electricity.grid" });
        await Do("DELETE /api/v1/kind-synonyms", null, query: $"?name=gone%20{own}");

        const string header = "id,kind,quantity,unit,facility,start,end\n";
        var import = Field(await Do("POST /api/v1/imports", Csv($"{header}{own}-1,electricity.grid,1000.50,kWh,Mill {own},2025-01-01,2025-03-31\n{own}-2,nobody.knows,x,kWh,,2025-01-01,2025-01-31\n"), query: "?file_name=bills.csv"), "import_id");
        await api.Database.SettledBut("deliver-webhook");
        await Do("POST /api/v1/imports/{id}/places", new { entity = place, reason = "Set up now." }, import);
        foreach (var verb in (string[])["accept", "dismiss"])
        {
            await Insert($"insert into activities.synonym_proposals (tenant_id, proposal_id, name, kind, import_id, rows) values (@tenant, @id, @id::text, 'electricity.grid', '{import}', 1)", out var proposal);
            await Do($"POST /api/v1/synonym-proposals/{{id}}/{verb}", null, proposal.ToString());
        }

        var wrong = Field(await Do("POST /api/v1/imports", Csv($"{header}{own}-3,fuel.diesel,20,L,,2025-02-01,2025-02-28\n"), query: "?file_name=wrong.csv"), "import_id");
        await api.Database.SettledBut("deliver-webhook");
        await Do("POST /api/v1/imports/{id}/undo", new { reason = "Of another company" }, wrong);
        await Do("POST /api/v1/imports/preview", Csv($"{header}{own}-4,fuel.diesel,20,L,,2025-02-01,2025-02-28\n"), query: "?file_name=preview.csv");
        var upload = Field(await Do("POST /api/v1/uploads", new { file_name = "bills.csv", size_bytes = 10 }), "upload_id");
        await Do("PATCH /api/v1/uploads/{id}", Bytes("id,kind", "application/offset+octet-stream"), upload, headers: ("Upload-Offset", "0"));

        object bill = new { kind = "electricity.grid", quantity = "10", unit = "kWh", region = "GB", start = "2025-01-01", end = "2025-01-31", meter = "M-" + own };
        var two = (await Do("POST /api/v1/activities", new { activities = new[] { bill, bill } })).GetProperty("activities");
        var activity = two[0].GetProperty("activity_id").GetString()!;
        await api.Database.SettledBut("deliver-webhook");
        var flag = (await (await key.Get("/api/v1/flags?status=open")).Json()).GetProperty("items")[0].GetProperty("flag_id").GetString()!;
        await Do("POST /api/v1/flags/{id}/resolve", new { reason = "Two meters.", keep_both = true }, flag);
        await Do("PATCH /api/v1/activities/{id}", new { quantity = "11" }, activity);
        await Do("POST /api/v1/activities/{id}/evidence", Bytes("the bill", "application/octet-stream"), activity, "?file_name=bill.txt");
        await Do("POST /api/v1/activities/{id}/withdraw", new { reason = "Never delivered" }, two[1].GetProperty("activity_id").GetString()!);
        await Do("POST /api/v1/activities/stream", Bytes($$"""{"kind":"electricity.grid","quantity":"1","unit":"kWh","region":"GB","start":"2025-01-01","end":"2025-01-31","id":"{{own}}-9"}""" + "\n", "application/x-ndjson"), query: $"?stream={own}");
        await Do("POST /api/v1/estimates", new { rows = new[] { new { kind = "electricity.grid", quantity = "10", unit = "kWh", region = "GB", start = "2025-01-01" } } });
        await api.Database.SettledBut("deliver-webhook");
    }

    private async Task Figures()
    {
        var entries = (await (await key.Get("/api/v1/ledger/entries?period=2025&limit=1000")).Json()).GetProperty("items").EnumerateArray().ToList();
        var reversed = entries.Where(one => one.TryGetProperty("reverses", out _)).Select(one => Field(one, "reverses")).ToHashSet(StringComparer.Ordinal);
        var entry = Field(entries.First(one => Field(one, "type") == "posting" && !reversed.Contains(Field(one, "id"))), "id");
        await Do("POST /api/v1/ledger/entries/{id}/adjust", new { co2e_kg = "-0.5", reason_code = "evidence", reason = "spilt" }, entry);
        object factor = new { kind = "fuel.diesel", stage = "direct", region = "GB", unit = "L", valid_from = "2022-01-01", citation = "Letter of the supplier", tier = "supplier", co2e = "1.5" };
        var snapshot = Id(await Do("POST /api/v1/factor-snapshots", new { name = Code() }));
        await Do("PUT /api/v1/factor-snapshots/{snapshot_id}", new { name = Code() }, snapshot);
        var first = Field(await Do("POST /api/v1/factor-snapshots/{snapshot_id}/overrides", factor, snapshot), "override_no");
        await Do("PUT /api/v1/factor-snapshots/{snapshot_id}/overrides/{override_no}", factor, [snapshot, first]);
        var second = Field(await Do("POST /api/v1/factor-snapshots/{snapshot_id}/overrides", new { kind = "fuel.petrol", stage = "direct", region = "GB", unit = "L", valid_from = "2022-01-01", citation = "Letter", tier = "supplier", co2e = "1.4" }, snapshot), "override_no");
        await Do("DELETE /api/v1/factor-snapshots/{snapshot_id}/overrides/{override_no}", null, [snapshot, second]);
        await Do("POST /api/v1/factor-snapshots/{snapshot_id}/lock", null, snapshot);
        await Do("DELETE /api/v1/factor-snapshots/{snapshot_id}", null, Id(await Do("POST /api/v1/factor-snapshots", new { name = Code() })));
        var recalculation = Field(await Do("POST /api/v1/ledger/recalculations", new { period = "2025", policy = new { gwp_set = "AR4" } }), "recalculation_id");
        await api.Database.SettledBut("deliver-webhook");
        await Do("POST /api/v1/ledger/recalculations/{recalculation_id}/post", new { reason = "As the regulator asks" }, recalculation);
        await api.Database.SettledBut("deliver-webhook");

        async Task<string> Report() => Id(await Do("POST /api/v1/reports", new { period = "2025" }));
        var approved = await Report();
        await Do("POST /api/v1/reports/{id}/submit", null, approved);
        await Do("POST /api/v1/reports/{id}/recall", null, approved);
        await Do("POST /api/v1/reports/{id}/submit", null, approved);
        await Do("POST /api/v1/reports/{id}/approve", new { reason = "checked" }, approved);
        var rejected = await Report();
        await Do("POST /api/v1/reports/{id}/submit", null, rejected);
        await Do("POST /api/v1/reports/{id}/reject", new { reason = "Leeds is missing." }, rejected);
        var closed = (await (await key.Get("/api/v1/periods?granularity=year")).Json()).GetProperty("items").EnumerateArray().First(period => period.GetProperty("code").GetString() == "2025");
        await Do("POST /api/v1/periods/{id}/close", new { reason = "Approved" }, Id(closed));
    }

    // What goes out and comes in by itself.
    private async Task Ways()
    {
        object hook = new { url = $"https://{own}.invalid/in", event_types = new[] { "import.undone" } };
        var webhook = (await Do("POST /api/v1/webhooks", hook)).GetProperty("webhook").GetProperty("webhook_id").GetString()!;
        await Do("PUT /api/v1/webhooks/{id}", hook, webhook);
        await Do("POST /api/v1/webhooks/{id}/test", null, webhook);
        await Do("DELETE /api/v1/webhooks/{id}", null, (await Do("POST /api/v1/webhooks", hook)).GetProperty("webhook").GetProperty("webhook_id").GetString()!);
        object At(string name) => new { name, url = $"https://{own}.invalid/bills.csv", header_name = "Authorization", header_value = "Bearer of-every-change" };
        var source = Id(await Do("POST /api/v1/sources", At(Code())));
        await Do("PATCH /api/v1/sources/{id}", new { time_zone = "Europe/Berlin" }, source);
        await Do("POST /api/v1/sources/{id}/check", null, source);
        await Do("POST /api/v1/sources/{id}/fetch", null, source);
        await Connectors.SourceFixture.Fetched(key, source, 1);
        await Do("DELETE /api/v1/sources/{id}", null, Id(await Do("POST /api/v1/sources", At(Code()))));
        var job = await api.Database.Database.Write<Guid>(tenant, async session => await JobQueue.Enqueue(session, new NewJob(JobType.Notification, "nobody-takes-this", new { })), Ct);
        await Do("POST /api/v1/jobs/{id}/cancel", null, job.Value.ToString());
        await Do("POST /api/v1/jobs/{id}/requeue", null, job.Value.ToString());
        await Idle();
    }

    // What nobody answers is not tried again.
    private async Task Idle()
    {
        IReadOnlyList<JsonElement> waiting;
        while ((waiting = await Jobs("running")).Count + (waiting = await Jobs("queued")).Count > 0)
        {
            foreach (var one in waiting)
            {
                await key.Post($"/api/v1/jobs/{Id(one)}/cancel");
            }

            await Task.Delay(50, Ct);
        }
    }

    private async Task<IReadOnlyList<JsonElement>> Jobs(string status) => [.. (await (await key.Get($"/api/v1/jobs?status={status}&limit=1000")).Json()).GetProperty("items").EnumerateArray()];

    private async Task End()
    {
        await Insert("insert into org.notices (tenant_id, notice_id, reference, title, body, published_at) values (@tenant, @id, @id::text, 'A breach', '# A breach', now())", out var notice);
        await Do("POST /api/v1/governance/notices/{notice_id}/acknowledge", null, notice.ToString(), by: await Owner());
        await Do("POST /api/v1/governance/exports");
        await Do("POST /api/v1/governance/deletion", new { reason = "We stop." });
        await Do("DELETE /api/v1/governance/deletion");
    }

    private async Task<(HttpClient Client, string Actor)> Owner()
    {
        var owner = await People.Member(api, tenant, "owner");
        return (owner.Client, $"user:{owner.User}");
    }

    private Task<JsonElement> Do(string operation, object? body = null, string? id = null, string query = "", (HttpClient Client, string Actor)? by = null, params (string Name, string Value)[] headers) =>
        Do(operation, body, id is null ? [] : [id], query, by, headers);

    // What it answers, once it has succeeded.
    private async Task<JsonElement> Do(string operation, object? body, string[] ids, string query = "", (HttpClient Client, string Actor)? by = null, params (string Name, string Value)[] headers)
    {
        var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
        var at = 0;
        var (client, actor) = by ?? (key, "key:");
        var name = string.Create(CultureInfo.InvariantCulture, $"every-{own}-{++next}");
        All.Add(new Done(operation, name, actor));
        var answer = await client.Send(HttpMethod.Parse(method), Place().Replace(path, _ => Uri.EscapeDataString(ids[at++])) + query, body, [("If-Match", "*"), ("X-Request-Id", name), ("User-Agent", Agent), .. headers]);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, $"{operation}: {(int)answer.StatusCode} {text}");
        return answer.Content.Headers.ContentType?.MediaType is { } type && type.EndsWith("json", StringComparison.Ordinal) && text.Length > 0 ? JsonDocument.Parse(text).RootElement : default;
    }

    private async Task Insert(string sql, Guid id) => await api.Database.Database.Write<int>(tenant, async session => await session.Execute(sql, new { tenant = session.Tenant.Value, id }), Ct);

    private async Task Behind(string sql)
    {
        await using var command = api.Database.Admin.CreateCommand($"set session_replication_role = replica; {sql}; reset session_replication_role");
        await command.ExecuteNonQueryAsync(Ct);
    }

    private Task Insert(string sql, out Guid id) => Insert(sql, id = Guid.CreateVersion7());

    private async Task<string> Slug() => (await (await key.Get("/api/v1/tenant")).Json()).GetProperty("slug").GetString()!;

    private string Code() => string.Create(CultureInfo.InvariantCulture, $"E-{own}-{++next}");

    // Its own id comes first.
    private static string Id(JsonElement made) => made.EnumerateObject().First(field => field.Name.EndsWith("id", StringComparison.Ordinal)).Value.ToString();

    private static string Field(JsonElement made, string name) => made.GetProperty(name).ToString();

    private static StringContent Csv(string text) => Bytes(text, "text/csv");

    private static StringContent Bytes(string text, string type) => new(text, Encoding.UTF8, type);

    [GeneratedRegex(@"\{\w+\}", RegexOptions.None, 1000)]
    private static partial Regex Place();
}
