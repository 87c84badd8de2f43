namespace OffGridFlow.Activities.Imports;

/// <summary>Activities of a request's body as a table, so that they are read like a file's rows.</summary>
internal static class JsonTable
{
    /// <summary>The client's own key of a row: the same key twice is the same activity.</summary>
    public const string KeyColumn = "source_key";
}
