using System.Text;
using Npgsql;
using OffGridFlow.Engine.Proof;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Entries;

/// <summary>What proves that an entry is in the ledger as it is: anyone with SHA-256 can follow it. Hashes are lower-case hexadecimal.</summary>
/// <param name="Text">The entry's canonical bytes; the leaf is SHA-256(0x00 || text).</param>
/// <param name="Index">Its place among the run's leaves, from 0.</param>
/// <param name="Count">How many leaves there are.</param>
/// <param name="Path">The hashes beside its way up (RFC 9162 sect. 2.1.3).</param>
/// <param name="Root">Where the way ends: the run's root.</param>
/// <param name="RunText">The run's canonical bytes, which hold the root and the hash of the run before.</param>
/// <param name="RunHash">SHA-256(run text): the next run holds it.</param>
public sealed record EntryProof(string Id, string Text, string Leaf, int Index, int Count, IReadOnlyList<string> Path, string Root, string RunText, string RunHash)
{
    internal static async Task<Result<EntryProof>> Of(Session session, string id, CancellationToken ct)
    {
        if (EntryView.Parse(id) is not { } wanted || await RunView.Find(session, wanted.Run) is not { } run || wanted.Line < 1 || wanted.Line > run.EntryCount)
        {
            return Problem.NotFound("entry", id);
        }

        var text = new EntryText();
        var leaves = new byte[run.EntryCount * MerkleTree.Size];
        var own = "";
        var found = 0;
        await using var command = new NpgsqlCommand(
            $"select {EntryRows.Columns} from ledger.entries e where e.run_no = $1 order by e.line", session.Connection, session.Transaction);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = wanted.Run });
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                var entry = EntryRows.Current(reader);
                var bytes = text.Of(entry);
                MerkleTree.Leaf(bytes, leaves.AsSpan(found++ * MerkleTree.Size, MerkleTree.Size));
                own = entry.Line == wanted.Line ? Encoding.UTF8.GetString(bytes) : own;
            }
        }

        if (found != run.EntryCount)
        {
            throw new InvalidOperationException($"Run {wanted.Run} was posted with {run.EntryCount} entries, and {found} are there.");
        }

        var index = wanted.Line - 1;
        return new EntryProof(
            id, own, Convert.ToHexStringLower(leaves.AsSpan(index * MerkleTree.Size, MerkleTree.Size)), index, found,
            MerkleTree.Path(leaves, index).Select(Convert.ToHexStringLower).ToList(), Convert.ToHexStringLower(MerkleTree.Root(leaves)),
            Runs.RunHash.Text(run.RunNo, Convert.FromHexString(run.PreviousHash), Convert.FromHexString(run.Root), run.EntryCount, run.PostedAt, run.Cause), run.Hash);
    }
}
