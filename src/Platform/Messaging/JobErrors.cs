using System.Net.Sockets;
using System.Text.Json;
using Npgsql;
using OffGridFlow.Platform.Files;

namespace OffGridFlow.Platform.Messaging;

/// <summary>Which failures may pass by themselves (an outage, a conflict) and which repeat however often the job is run.</summary>
public static class JobErrors
{
    /// <summary>Whether trying again cannot help.</summary>
    public static bool IsPermanent(Exception failure) => failure switch
    {
        PermanentJobException => true,
        PostgresException refused => IsPermanent(refused),
        NpgsqlException or IOException or SocketException or HttpRequestException or TimeoutException => false,
        JsonException or InvalidDataException or NotSupportedException => true,
        _ => false,
    };

    /// <summary>The failure as the job's list and its dead letter show it.</summary>
    public static Problem Describe(Exception failure) => failure switch
    {
        PermanentJobException permanent => permanent.Problem,
        TransientJobException transient => transient.Problem,
        FileStoreException store => store.Problem,
        PostgresException refused => new Problem(
            "job.database", "job", $"{refused.SqlState} {refused.MessageText}", "the database to take the statement", "If it says so again after a requeue, report it."),
        _ => new Problem(
            "job.failed", "job", $"{failure.GetType().Name}: {failure.Message}", "the job to end without an error", "Requeue it when the cause is gone."),
    };

    // 22: data it cannot hold; 23: a constraint; 42: a statement or right that is wrong. A unique key may be a race that the next
    // run sees decided.
    private static bool IsPermanent(PostgresException refused) =>
        !refused.IsTransient && (refused.SqlState[..2] is "22" or "23" or "42") && refused.SqlState != PostgresErrorCodes.UniqueViolation;
}
