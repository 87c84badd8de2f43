using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Host;

/// <summary>Keeps a node of one region from working on the database or the files of another: it does not start.</summary>
internal sealed class RegionGuard(Database database, FileStore files, Regions regions) : IHostedService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await DatabaseRegion.Check(database, regions.Own, cancellationToken);
        if (regions.Own == Regions.Unnamed)
        {
            await LookAtFiles(cancellationToken);
            return;
        }

        try
        {
            await files.Claim(regions.Own, cancellationToken);
        }
        catch (FileStoreException away)
        {
            throw new IOException($"Whose region the file store is cannot be told. {away.Problem.Found}: {away.Problem.Fix}", away);
        }
    }

    // Of no region in particular it starts without its store, too: whoever needs a file is told that it is away.
    private async Task LookAtFiles(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            await files.Claim(regions.Own, patience.Token);
        }
        catch (FileStoreException)
        {
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
