using OffGridFlow.Platform.Outbound;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Support;

/// <summary>The server with its workers, which may fetch from this machine, and files there.</summary>
public class FetchingFixture(TestPostgres postgres) : ApiFixture(postgres), IAsyncLifetime
{
    public FilesPeer Files { get; } = new();

    internal override HostSettings Settings(HostSettings settings) => settings with { Outbound = new OutboundOptions(AllowPrivate: true) };

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await Files.InitializeAsync();
        await InitializeAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await DisposeAsync();
        await Files.DisposeAsync();
    }
}
