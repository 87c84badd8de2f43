using OffGridFlow.Factors;

namespace OffGridFlow.Web.Host;

/// <summary>The data that ship with the product, loaded once, in the background, from the moment the server starts.</summary>
internal sealed class Product(string dataFolder)
{
    private readonly Lazy<Task<ReferenceData>> loading = new(() => Task.Run(() => ReferenceData.Load(dataFolder)));

    public string DataFolder => dataFolder;

    public Task<ReferenceData> Load() => loading.Value;

    public bool IsLoaded => loading is { IsValueCreated: true, Value.IsCompletedSuccessfully: true };

    /// <summary>The data; waits while they are being loaded.</summary>
    public ReferenceData Data => loading.Value.GetAwaiter().GetResult();
}
