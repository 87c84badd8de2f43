using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Support;

/// <summary>Two regions, each with a node, a database and a file store of its own, that know of each other what a setting says.</summary>
public sealed class Deployment : IAsyncLifetime
{
    public Deployment(TestPostgres postgres)
    {
        var list = $"eu=http://127.0.0.1:{S3Peer.FreePort()},us=http://127.0.0.1:{S3Peer.FreePort()}";
        (Eu, Us) = (new Node(postgres, Regions.Read("eu", list)), new Node(postgres, Regions.Read("us", list)));
    }

    public Node Eu { get; }

    public Node Us { get; }

    public async ValueTask InitializeAsync()
    {
        await Eu.InitializeAsync();
        await Us.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Us.DisposeAsync();
        await Eu.DisposeAsync();
    }

    public sealed class Node(TestPostgres postgres, Regions regions) : ApiFixture(postgres)
    {
        public Regions Regions => regions;

        /// <summary>Where raw files are.</summary>
        public string Files => Path.Combine(StateFolder, "files");

        /// <summary>The address in the words of a problem.</summary>
        public string Place => regions.OwnAddress!.GetLeftPart(UriPartial.Authority);

        internal override HostSettings Settings(HostSettings settings) => settings with { Regions = regions, Port = regions.OwnAddress!.Port, Host = regions.Own + ".example.org" };

        internal override Task Prepare() => DatabaseRegion.Name(Database.AdminConnection, regions.Own, TestContext.Current.CancellationToken);
    }
}
