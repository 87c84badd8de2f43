using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Ledger.Bundles;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Ledger;

/// <summary>The evidence of a period in one file, and that nothing in it can be changed unseen.</summary>
public sealed class BundleTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>, IDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static int tenants;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("offgridflow-bundle");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task a_bundle_is_recomputed_without_a_difference()
    {
        var (path, sha256) = await Bundle();

        var verified = Verify(path);

        Assert.Equal((null, null, null), (verified.What, verified.Found, verified.Recomputed));
        Assert.Equal(sha256, verified.Sha256);
        Assert.Equal((8, 2), (verified.Activities, verified.FileRows));
        Assert.True(verified is { Entries: > 20, Calculations: > 8, Factors: > 6, Runs: 3 }, verified.ToString());
        Assert.Empty(verified.Remarks);
    }

    [Fact]
    public async Task any_program_that_knows_zip_unpacks_it_and_the_hashes_are_what_the_manifest_says()
    {
        var (path, sha256) = await Bundle();

        using var zip = ZipFile.OpenRead(path);

        Assert.Equal("sha256:" + sha256, zip.Comment);
        using var manifest = zip.GetEntry(BundleFormat.Manifest)!.Open();
        Assert.Equal(sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(manifest, Ct)));
        using var activities = new StreamReader(zip.GetEntry(BundleFormat.Activities)!.Open());
        Assert.Contains("\"quantity\":\"1234.56\"", await activities.ReadToEndAsync(Ct), StringComparison.Ordinal);
        var file = zip.Entries.Single(entry => entry.FullName.StartsWith(BundleFormat.Files, StringComparison.Ordinal));
        using var raw = file.Open();
        Assert.Equal(file.FullName[BundleFormat.Files.Length..], Convert.ToHexStringLower(await SHA256.HashDataAsync(raw, Ct)));
    }

    [Fact]
    public async Task a_flipped_bit_is_found_wherever_it_is()
    {
        var (path, _) = await Bundle();
        var bytes = await File.ReadAllBytesAsync(path, Ct);
        var outside = new bool[bytes.Length];
        Array.Fill(outside, true);
        var random = new Random(20261121);
        var spread = new List<int>();
        using (var file = File.OpenRead(path))
        {
            foreach (var member in ZipReader.Open(file).Members)
            {
                // Some of each member, from its first byte to its last; a large one must not take them all.
                spread.AddRange(Enumerable.Range(0, 30).Select(part => (int)(member.Begin + (member.StoredSize * part / 30) + random.Next((int)(member.StoredSize / 30) + 1))).Append((int)member.End - 1).Where(at => at < member.End));
                // The manifest is looked at byte by byte as well.
                Array.Fill(outside, member.Name == BundleFormat.Manifest, (int)member.Begin, (int)member.StoredSize);
            }
        }

        var places = Enumerable.Range(0, bytes.Length).Where(at => outside[at]).Concat(spread).Concat(Enumerable.Range(0, 1200).Select(_ => random.Next(bytes.Length))).Distinct().ToList();
        var flipped = Path.Combine(folder.FullName, "flipped.zip");
        var unseen = new List<int>();
        foreach (var at in places)
        {
            bytes[at] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(flipped, bytes, Ct);
            var verified = Verify(flipped);
            if (verified.What is null || verified.Found == verified.Recomputed)
            {
                unseen.Add(at);
            }

            bytes[at] = (await ReadByte(path, at))!.Value;
        }

        Assert.True(places.Count > 3000, $"{places.Count} places");
        Assert.Empty(unseen);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task a_byte_more_or_less_at_any_end_is_found(int change)
    {
        var (path, _) = await Bundle();
        var bytes = await File.ReadAllBytesAsync(path, Ct);
        var other = Path.Combine(folder.FullName, "other.zip");

        await File.WriteAllBytesAsync(other, change < 0 ? bytes[..^1] : [.. bytes, 0], Ct);
        Assert.Equal("zip structure", Verify(other).What);
        await File.WriteAllBytesAsync(other, change < 0 ? bytes[1..] : [0, .. bytes], Ct);
        Assert.Equal("zip structure", Verify(other).What);
        await File.WriteAllBytesAsync(other, [], Ct);
        Assert.Equal("zip structure", Verify(other).What);
    }

    // Whoever forges a bundle can make its hashes anew: then the figures tell.
    [Theory]
    [InlineData(BundleFormat.Entries, "\"co2e_kg\":\"", "\"co2e_kg\":\"1", "kg CO2e")]
    [InlineData(BundleFormat.Entries, "\"high_kg\":\"", "\"high_kg\":\"1", "high end, kg CO2e")]
    [InlineData(BundleFormat.Entries, "\"gases_kg\":[\"", "\"gases_kg\":[\"1", "kg co2")]
    [InlineData(BundleFormat.Entries, "\"revision\":0", "\"revision\":1", "Merkle root")]
    [InlineData(BundleFormat.Entries, "\"line\":1,", "\"line\": 1,", "form of a line")]
    [InlineData(BundleFormat.Activities, "\"quantity\":\"1234.56\"", "\"quantity\":\"1234.57\"", "quantity")]
    [InlineData(BundleFormat.Activities, "\"quantity\":\"40\"", "\"quantity\":\"41\"", "quantity")]
    [InlineData(BundleFormat.Activities, "\"kind\":\"fuel.diesel\"", "\"kind\":\"fuel.petrol\"", "kind")]
    [InlineData(BundleFormat.Calculations, "\"co2e_per_unit\":\"", "\"co2e_per_unit\":\"1", "kg CO2e per unit")]
    [InlineData(BundleFormat.Calculations, "\"low_ratio\":\"0.", "\"low_ratio\":\"0.1", "low end of the range")]
    [InlineData(BundleFormat.Calculations, "\"method\":\"", "\"method\":\"my ", "calculation of an entry")]
    [InlineData(BundleFormat.Factors, "kgCO2e", "kgCO2f", "line of a factor in the library")]
    [InlineData(BundleFormat.Workings, "\"quantity\":\"2\"", "\"quantity\":\"1\"", "workings of an entry")]
    [InlineData(BundleFormat.Runs, "\"posted_at\":\"2", "\"posted_at\":\"1", "chain of runs")]
    [InlineData(BundleFormat.Imports, "\"file_name\":\"july.csv\"", "\"file_name\":\"july.csv\",\"x\":1", "form of a line")]
    [InlineData(BundleFormat.Readme, "without us", "with us", "text of a part")]
    public async Task what_was_changed_is_found_although_every_hash_was_made_anew(string part, string old, string now, string what)
    {
        var (path, _) = await Bundle();
        var forged = Path.Combine(folder.FullName, "forged.zip");
        await Forgery.Of(path, forged, part, text =>
        {
            var at = text.IndexOf(part == BundleFormat.Factors && !text.Contains(old, StringComparison.Ordinal) ? old = "Table" : old, StringComparison.Ordinal);
            Assert.True(at >= 0, $"{part} holds no {old}: {text[..Math.Min(600, text.Length)]}");
            return text[..at] + (old == "Table" ? "Tablf" : now) + text[(at + old.Length)..];
        });

        var verified = Verify(forged);

        Assert.Equal(what, verified.What);
        Assert.NotEqual(verified.Found, verified.Recomputed);
    }

    [Fact]
    public async Task an_entry_left_out_is_missed()
    {
        var (path, _) = await Bundle();
        var forged = Path.Combine(folder.FullName, "forged.zip");
        await Forgery.Of(path, forged, BundleFormat.Entries, text => string.Concat(text.Split('\n').Where((_, at) => at != 2).Select(line => line.Length == 0 ? "" : line + "\n")));

        Assert.Equal("line of an entry", Verify(forged).What);
    }

    [Fact]
    public async Task a_part_of_another_name_is_refused()
    {
        var (path, _) = await Bundle();
        var forged = Path.Combine(folder.FullName, "forged.zip");
        await Forgery.Of(path, forged, BundleFormat.Readme, text => text, extra: "notes.txt");

        Assert.Equal("parts", Verify(forged).What);
    }

    [Fact]
    public async Task a_bundle_holds_nothing_of_another_tenant()
    {
        var acme = await Tenant();
        var globex = await Tenant();
        var own = Guid.CreateVersion7();
        await ledger.Post(globex, await ledger.Import(globex, new NewActivity("fuel.diesel", 7777m, "L", "GB", "2024-05-01", "2024-05-31") { ActivityId = own }));
        await ledger.Post(acme, await ledger.Import(acme, new NewActivity("fuel.diesel", 5m, "L", "GB", "2024-05-01", "2024-05-31")));
        var path = Path.Combine(folder.FullName, "acme.zip");
        Assert.Null((await Write(acme, "2024", path)).Problem);

        Assert.Equal((null, 1L, 1L), (Verify(path).What, Verify(path).Runs, Verify(path).Activities));
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries)
        {
            using var text = new StreamReader(entry.Open());
            var content = await text.ReadToEndAsync(Ct);
            Assert.DoesNotContain(own.ToString(), content, StringComparison.Ordinal);
            Assert.DoesNotContain(globex.Tenant.ToString(), content, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task that_it_was_written_is_on_its_tenant_s_trail_with_its_hash()
    {
        var (acme, globex) = (await Tenant(), await Tenant());
        await ledger.Post(acme, await ledger.Import(acme, new NewActivity("fuel.diesel", 5m, "L", "GB", "2024-05-01", "2024-05-31")));
        var written = (await Write(acme, "2024", Path.Combine(folder.FullName, "told.zip"))).Value.Sha256;
        Task<long> Told(Caller caller) => ledger.Database.Read(caller, session => session.First<long>("select count(*) from platform.audit where operation = 'bundle.written' and new_values->>'sha256' = @written", new { written }), Ct);

        Assert.Equal((1, 0), (await Told(acme), await Told(globex)));
    }

    [Fact]
    public async Task a_period_that_is_not_there_is_a_problem_and_leaves_no_file()
    {
        var path = Path.Combine(folder.FullName, "none.zip");

        Assert.Equal("period.unknown", (await Write(await Tenant(), "1999", path)).Problem?.Code);
        Assert.Empty(folder.GetFiles());
    }

    private async Task<Caller> Tenant() => await ledger.Tenant(FormattableString.Invariant($"bundle-{Interlocked.Increment(ref tenants)}-{Guid.CreateVersion7():N}")[..40]);

    // Everything a ledger can hold: months, flights with workings, contracts, credits, a file, a correction of an activity, another year.
    private async Task<(string Path, string Sha256)> Bundle()
    {
        var acme = await Tenant();
        var corrected = Guid.CreateVersion7();
        await ledger.Post(acme, await ledger.Import(
            acme,
            new NewActivity("electricity.grid", 1234.56m, "kWh", "GB", "2024-03-01", "2024-03-31"),
            new NewActivity("electricity.grid", 98765.4m, "kWh", "DE", "2023-11-15", "2024-02-14"),
            new NewActivity("travel.air", 2m, "person", "GB", "2024-06-03", "2024-06-03") { Columns = """{"from":"LHR","to":"JFK","class":"business"}""" },
            new NewActivity("electricity.grid", 4000m, "kWh", "GB", "2024-08-01", "2024-08-31") { Columns = """{"instrument":"rego","supplier":"Green Power"}""" },
            new NewActivity("fuel.diesel", 40m, "L", "GB", "2024-01-01", "2024-12-31") { ActivityId = corrected }));
        await ledger.Post(acme, await ledger.ImportFile(
            acme, "july.csv", "kind,quantity,unit,region,start,end\nfuel.diesel,\"1,500.5\",L,GB,2024-07-01,2024-07-31\nfuel.natural-gas,-20,kWh,GB,2024-07-01,2024-07-31\n",
            new NewActivity("fuel.diesel", 1500.5m, "L", "GB", "2024-07-01", "2024-07-31"),
            new NewActivity("fuel.natural-gas", -20m, "kWh", "GB", "2024-07-01", "2024-07-31")));
        await ledger.Post(
            acme, await ledger.Import(acme, new NewActivity("fuel.diesel", 45m, "L", "GB", "2024-01-01", "2024-12-31") { ActivityId = corrected, Version = 2 }), cause: "correction");
        var path = Path.Combine(folder.FullName, "bundle.zip");
        return (path, (await Write(acme, "2024", path)).Value.Sha256);
    }

    private Task<Result<WriteBundle.Response>> Write(Caller caller, string period, string path) =>
        WriteBundle.Handle(caller, period, path, ledger.Database, ledger.Activities, Product.Data, TimeProvider.System, Ct);

    private VerifyBundle.Response Verify(string path) => VerifyBundle.Handle(path, Product.Data, folder.FullName);

    private static async Task<byte?> ReadByte(string path, int at)
    {
        await using var file = File.OpenRead(path);
        file.Position = at;
        return (byte)file.ReadByte();
    }
}
