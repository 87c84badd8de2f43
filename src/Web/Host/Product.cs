using OffGridFlow.Factors;
using OffGridFlow.Factors.Search;

namespace OffGridFlow.Web.Host;

/// <summary>The data that ship with the product, loaded once, in the background, from the moment the server starts.</summary>
internal sealed class Product
{
    private readonly Lazy<Task<ReferenceData>> loading;
    private readonly Lazy<Task<FactorSearch>> indexing;

    public Product(string dataFolder)
    {
        loading = new(() => Task.Run(() => ReferenceData.Load(dataFolder)));
        indexing = new(async () => FactorSearch.Over(dataFolder, (await Load()).Library));
    }

    public Task<ReferenceData> Load() => loading.Value;

    /// <summary>The index over the factors; made when first asked for.</summary>
    public Task<FactorSearch> Search() => indexing.Value;

    public bool IsLoaded => loading is { IsValueCreated: true, Value.IsCompletedSuccessfully: true };

    /// <summary>The data; waits while they are being loaded.</summary>
    public ReferenceData Data => loading.Value.GetAwaiter().GetResult();
}
