namespace OffGridFlow.Activities.Imports;

/// <summary>Rows of an import that were rejected, as a file to correct and to send again.</summary>
internal static class RejectedCsv
{
    private const string Prefix = "problem_";

    /// <summary>Whether a column is one that this file adds: it says nothing about the activity.</summary>
    public static bool IsOurs(string column) => column.StartsWith(Prefix, StringComparison.Ordinal);
}
