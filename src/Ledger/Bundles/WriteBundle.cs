using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using OffGridFlow.Engine.Proof;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>Writes the evidence of a period into one ZIP, from one state of the database, streamed.</summary>
public static class WriteBundle
{
    /// <param name="Sha256">Of the manifest, which holds the hash of every part: the one number to keep apart from the bundle.</param>
    public sealed record Response(string Sha256, long Entries, long Activities, int Files, long Bytes);

    /// <param name="caller">Of the tenant.</param>
    /// <param name="period">Code of a period: <c>2025</c>.</param>
    /// <param name="path">Where it goes; it appears there whole or not at all.</param>
    public static async Task<Result<Response>> Handle(
        Caller caller, string period, string path, Database database, ActivityQueries activities, ReferenceData data, TimeProvider time, CancellationToken ct)
    {
        var made = await Write(caller, period, path, database, activities, data, time, ct);
        if (made.TryValue(out var bundle, out _))
        {
            await Trail.Record(database, caller, "bundle.written", new { period, bundle.Sha256, bundle.Entries }, ct);
        }

        return made;
    }

    private static Task<Result<Response>> Write(
        Caller caller, string period, string path, Database database, ActivityQueries activities, ReferenceData data, TimeProvider time, CancellationToken ct) =>
        database.Read(caller, async session =>
        {
            var calendar = await OrganizationQueries.Periods(session);
            if (calendar.All.FirstOrDefault(one => one.Code == period) is not { } found)
            {
                return (Result<Response>)new Problem("period.unknown", "period", period, string.Join(", ", calendar.All.Select(one => one.Code)), "Name a period of the tenant.");
            }

            var draft = path + ".part";
            try
            {
                Response response;
                using (var zip = new ZipWriter(new FileStream(draft, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 17)))
                {
                    response = await new Bundle(session, found, zip, activities, data, ct).Write(calendar, time);
                }

                File.Move(draft, path, overwrite: true);
                return response with { Bytes = new FileInfo(path).Length };
            }
            finally
            {
                File.Delete(draft);
            }
        }, ct);

    private sealed class Bundle(Session session, Period period, ZipWriter zip, ActivityQueries activities, ReferenceData data, CancellationToken ct)
    {
        private readonly HashSet<Guid> calculations = [];
        private readonly HashSet<Guid> workings = [];
        private readonly SortedDictionary<string, BundleFactor> factors = new(StringComparer.Ordinal);
        private long entryCount;
        private long activityCount;

        public async Task<Response> Write(PeriodCalendar calendar, TimeProvider time)
        {
            var tenant = await OrganizationQueries.Tenant(session);
            var context = await Context(tenant, calendar);
            await zip.Add(BundleFormat.Readme, stream => stream.WriteAsync(Encoding.UTF8.GetBytes(BundleFormat.ReadmeText)).AsTask());
            await zip.Add(BundleFormat.Context, stream => stream.WriteAsync(BundleFormat.Line(context)).AsTask());
            var head = (Run: 0L, Hash: RunHash.Beginning);
            await zip.Add(BundleFormat.Runs, async stream => head = await Runs(stream));
            await zip.Add(BundleFormat.Entries, Entries);
            await zip.Add(BundleFormat.Calculations, stream => Texts(stream, "calculations", "calculation_id", calculations, Factor));
            await zip.Add(BundleFormat.Workings, stream => Texts(stream, "workings", "workings_id", workings, _ => Task.CompletedTask));
            await zip.Add(BundleFormat.Factors, stream => Lines(stream, factors.Values));
            await zip.Add(BundleFormat.Activities, Activities);
            var imports = await activities.ImportsBetween(session, period.StartsOn, period.EndsOn);
            var vocabularies = await activities.Vocabularies(session, [.. imports.Select(import => import.VocabularyId).OfType<Guid>().Distinct()]);
            await zip.Add(BundleFormat.Vocabularies, stream => Texts(stream, vocabularies));
            await zip.Add(BundleFormat.Imports, stream => Lines(stream, imports));
            await zip.Add(BundleFormat.RowsNotTaken, async stream =>
            {
                await foreach (var row in activities.NotTaken(session, [.. imports.Select(import => import.ImportId)], ct))
                {
                    Put(stream, BundleFormat.Line(row));
                }
            });
            await zip.Add(BundleFormat.Unposted, Unposted);
            var files = imports.Select(import => import.Sha256).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            foreach (var sha256 in files)
            {
                await using var raw = File.OpenRead(await activities.PathOf(session, sha256, ct));
                await zip.Add(BundleFormat.Files + sha256, stream => raw.CopyToAsync(stream, ct));
            }

            var manifest = BundleFormat.Line(new BundleManifest(
                BundleFormat.Name, tenant.Slug, period.Code, time.GetUtcNow(), head.Run, Convert.ToHexStringLower(head.Hash), entryCount, activityCount, [.. zip.Parts]));
            await zip.Add(BundleFormat.Manifest, stream => stream.WriteAsync(manifest).AsTask(), deflate: false);
            var sha = Convert.ToHexStringLower(SHA256.HashData(manifest));
            await zip.Finish(ZipLayout.CommentStart + sha);
            return new Response(sha, entryCount, activityCount, files.Count, 0);
        }

        private async Task<BundleContext> Context(Tenant tenant, PeriodCalendar calendar)
        {
            var policy = period.Policy;
            return new BundleContext(
                tenant.Id, tenant.Slug, tenant.Name, tenant.FiscalYearStart, period.Code, period.StartsOn, period.EndsOn,
                new BundlePolicy(policy.GwpSet, policy.FactorDate, policy.FactorDates, policy.Boundary, policy.SignificanceThreshold, policy.SnapshotId, policy.SourcePreference.ByCountry),
                [.. calendar.All.Where(one => one.Granularity == Granularity.Year).Select(year => new BundleYear(year.Code, year.StartsOn, year.EndsOn))],
                [.. (await OrganizationQueries.Entities(session)).All.Select(entity => new BundleEntity(
                    entity.EntityId, entity.Code, entity.Name, entity.Country,
                    [.. entity.Shares.Select(share => new BundleShare(share.ValidFrom, share.EquityShare, share.FinancialControl.ToString().ToLowerInvariant(), share.OperationalControl))]))],
                [.. (await OrganizationQueries.Facilities(session)).All.Select(site => new BundleFacility(site.FacilityId, site.EntityId, site.Code, site.Name, site.Region, site.GridRegion))],
                data.Release?.Number, data.Library.ContentHash);
        }

        private async Task<(long, byte[])> Runs(Stream stream)
        {
            var head = (0L, RunHash.Beginning);
            await using var command = Command("select run_no, previous_hash, root, entry_count, posted_at, cause, hash from ledger.runs order by run_no");
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                Put(stream, Encoding.UTF8.GetBytes(RunHash.Text(
                    reader.GetInt64(0), (byte[])reader[1], (byte[])reader[2], reader.GetInt32(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetString(5))));
                head = (reader.GetInt64(0), (byte[])reader[6]);
            }

            return head;
        }

        private async Task Entries(Stream stream)
        {
            var (first, last) = (Month(period.StartsOn), Month(period.EndsOn));
            var runs = await session.Query<long>("select distinct run_no from ledger.entries where month between @first and @last order by run_no", new { first, last });
            var text = new EntryText();
            var leaf = new byte[MerkleTree.Size];
            foreach (var run in runs)
            {
                Put(stream, BundleFormat.Line(new BundleRun(run)));
                await using var command = Command($"select {EntryRows.Columns} from ledger.entries e where e.run_no = $1 order by e.line");
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = run });
                await using var reader = await command.ExecuteReaderAsync(ct);
                while (await reader.ReadAsync(ct))
                {
                    var entry = EntryRows.Current(reader);
                    if (entry.Month < first || entry.Month > last)
                    {
                        entry.Leaf(text, leaf);
                        Put(stream, Encoding.ASCII.GetBytes($"\"{Convert.ToHexStringLower(leaf)}\""));
                        continue;
                    }

                    Put(stream, text.Of(entry));
                    entryCount++;
                    calculations.Add(entry.CalculationId);
                    if (entry.WorkingsId is { } id)
                    {
                        workings.Add(id);
                    }
                }
            }
        }

        // A part at a time: a million flights have a million workings.
        private async Task Texts(Stream stream, string table, string key, HashSet<Guid> wanted, Func<string, Task> each)
        {
            foreach (var ids in wanted.Order().Chunk(10_000))
            {
                var bodies = new List<string>();
                await using (var command = Command($"select body from ledger.{table} where {key} = any($1) order by {key}"))
                {
                    command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
                    await using var reader = await command.ExecuteReaderAsync(ct);
                    while (await reader.ReadAsync(ct))
                    {
                        bodies.Add(reader.GetString(0));
                    }
                }

                foreach (var body in bodies)
                {
                    Put(stream, Encoding.UTF8.GetBytes(body));
                    await each(body);
                }
            }
        }

        private async Task Factor(string body)
        {
            var calculation = CalculationBody.Read(body);
            foreach (var id in new[] { calculation.Factor.Id, calculation.Factor.BiogenicFactor })
            {
                if (id is null || calculation.Factor.Edition is null || factors.ContainsKey(id))
                {
                    continue;
                }

                var row = data.Library.Find(id) ?? await OwnFactors.Find(session, id);
                if (row is not null)
                {
                    var edition = row.Edition;
                    factors[id] = new BundleFactor(
                        id, edition.Key, data.Library.TableHash(edition), edition.Author, edition.Title, edition.Published, edition.Gwp, edition.Licence, edition.Attribution, edition.Url,
                        Encoding.UTF8.GetString(row.Line.Span).TrimEnd('\n'));
                }
            }
        }

        private async Task Activities(Stream stream)
        {
            await foreach (var row in activities.Overlapping(session, period.StartsOn, period.EndsOn, ct))
            {
                Put(stream, BundleFormat.Line(new BundleActivity(
                    row.ActivityId, row.Version, row.ImportId, row.RowNo, row.Kind, row.Quantity.ToString(CultureInfo.InvariantCulture), row.Unit, row.Region, row.StartOn, row.EndOn, row.Quality,
                    row.EntityId, row.FacilityId, row.Meter, row.FactorId, row.FactorValue, row.Columns, row.Disposition, row.Withdrawn, row.RecordedAt, row.RecordedBy)));
                activityCount++;
            }
        }

        private async Task Unposted(Stream stream)
        {
            await using var command = Command("select activity_id, activity_version, problem::text from ledger.unposted where start_on <= $2 and end_on >= $1 order by activity_id, activity_version");
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = period.StartsOn });
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = period.EndsOn });
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                Put(stream, BundleFormat.Line(new BundleUnposted(reader.GetGuid(0), reader.GetInt32(1), reader.GetString(2))));
            }
        }

        private NpgsqlCommand Command(string sql) => new(sql, session.Connection, session.Transaction);

        private static Task Lines<T>(Stream stream, IEnumerable<T> lines)
        {
            foreach (var line in lines)
            {
                Put(stream, BundleFormat.Line(line));
            }

            return Task.CompletedTask;
        }

        private static Task Texts(Stream stream, IEnumerable<string> texts)
        {
            foreach (var text in texts)
            {
                Put(stream, Encoding.UTF8.GetBytes(text));
            }

            return Task.CompletedTask;
        }

        private static void Put(Stream stream, ReadOnlySpan<byte> line)
        {
            stream.Write(line);
            stream.Write("\n"u8);
        }

        private static DateOnly Month(DateOnly day) => new(day.Year, day.Month, 1);
    }
}
