using System.Diagnostics;

namespace OffGridFlow.Bench;

/// <summary>The least that storing the same rows takes: a binary COPY by a superuser, without row-level security, into the same indexed tables.</summary>
internal sealed class PlainCopy(PrivateCluster cluster)
{
    private const int Block = 1 << 16;

    private static readonly (string Copy, string Table)[] Tables = [("bench.activities", "activities.activities"), ("bench.entries", "ledger.entries")];

    /// <summary>Makes the copies of the tables and takes the rows that are in the real ones out into files.</summary>
    public async Task Prepare(CancellationToken ct)
    {
        await cluster.Say(
            """
            create schema if not exists bench;
            create table bench.activities (like activities.activities including all);
            create table bench.entries (like ledger.entries including all) partition by range (month);
            do $$
            declare part record;
            begin
                for part in select relname, pg_get_expr(relpartbound, oid) as bound from pg_class
                    where oid in (select inhrelid from pg_inherits where inhparent = 'ledger.entries'::regclass) loop
                    execute format('create table bench.%I partition of bench.entries %s', part.relname, part.bound);
                end loop;
            end
            $$;
            """, ct);
        foreach (var (_, table) in Tables)
        {
            await using var connection = await cluster.Admin.OpenConnectionAsync(ct);
            await using var rows = await connection.BeginRawBinaryCopyAsync($"copy (select * from {table}) to stdout (format binary)", ct);
            await using var file = File.Create(FileOf(table), Block);
            await rows.CopyToAsync(file, Block, ct);
        }
    }

    /// <summary>Seconds and the server's processor seconds of copying all rows into empty tables.</summary>
    public async Task<(double Seconds, double Server)> Run(CancellationToken ct)
    {
        await cluster.Empty("bench.activities, bench.entries", ct);
        var (server, begun) = (cluster.Processor(), Stopwatch.GetTimestamp());
        foreach (var (copy, table) in Tables)
        {
            await using var connection = await cluster.Admin.OpenConnectionAsync(ct);
            await using var rows = await connection.BeginRawBinaryCopyAsync($"copy {copy} from stdin (format binary)", ct);
            await using var file = new FileStream(FileOf(table), FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            await file.CopyToAsync(rows, Block, ct);
        }

        return (Stopwatch.GetElapsedTime(begun).TotalSeconds, cluster.Processor() - server);
    }

    /// <summary>The copies and files are not needed any more.</summary>
    public async Task Forget(CancellationToken ct)
    {
        await cluster.Say("drop schema bench cascade", ct);
        foreach (var (_, table) in Tables)
        {
            File.Delete(FileOf(table));
        }
    }

    private string FileOf(string table) => Path.Combine(cluster.State, $"{table}.rows");
}
