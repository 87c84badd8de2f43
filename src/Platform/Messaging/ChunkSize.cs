namespace OffGridFlow.Platform.Messaging;

/// <summary>
/// How many rows a long job takes in one transaction: enough that a transaction costs little beside them, few enough that a crash
/// costs little and a few of them fit into memory at once.
/// </summary>
public sealed record ChunkSize(int Rows)
{
    public static ChunkSize Default { get; } = new(8_000);
}
