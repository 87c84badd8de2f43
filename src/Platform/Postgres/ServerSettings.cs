using System.Globalization;

namespace OffGridFlow.Platform.Postgres;

/// <summary>
/// The settings of a private server, written anew at every start. Fit for loading millions of rows and reading sums of them: tables that only grow
/// are looked at again when they have doubled, not when they have grown by a tenth, and the log's two gigabytes are written over and over instead of fresh ones.
/// </summary>
internal static class ServerSettings
{
    private const long Mebibyte = 1024 * 1024;

    public static string Text(int port, bool durable) => Text(port, durable, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    internal static string Text(int port, bool durable, long memory) => string.Create(CultureInfo.InvariantCulture, $"""
        # Written at every start.
        port = {port}
        listen_addresses = '127.0.0.1'
        unix_socket_directories = ''
        max_connections = 200
        shared_buffers = {(durable ? Math.Clamp(memory / Mebibyte / 8, 64, 2048) : 128)}MB
        work_mem = 32MB
        temp_buffers = 32MB
        maintenance_work_mem = {Math.Clamp(memory / Mebibyte / 16, 64, 256)}MB
        max_wal_size = 2GB
        min_wal_size = 1GB
        checkpoint_timeout = 15min
        autovacuum_analyze_scale_factor = 1.0
        autovacuum_vacuum_insert_scale_factor = 1.0
        wal_compression = on
        jit = off
        fsync = {(durable ? "on" : "off")}
        synchronous_commit = {(durable ? "on" : "off")}
        full_page_writes = {(durable ? "on" : "off")}
        log_min_messages = warning
        timezone = 'UTC'
        log_timezone = 'UTC'

        """);
}
