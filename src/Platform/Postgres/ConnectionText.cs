using System.Globalization;
using Npgsql;

namespace OffGridFlow.Platform.Postgres;

/// <summary>Reads where a database is from a setting: a libpq URL or a connection string of keys and values.</summary>
internal static class ConnectionText
{
    /// <exception cref="InvalidDataException">The setting is neither; the message names it, not the password in it.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text, string setting)
    {
        try
        {
            var isUrl = text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal);
            var parsed = isUrl ? FromUrl(new Uri(text)) : new NpgsqlConnectionStringBuilder(text);
            return string.IsNullOrEmpty(parsed.Database) || string.IsNullOrEmpty(parsed.Host)
                ? throw new InvalidDataException($"{setting} names no {(string.IsNullOrEmpty(parsed.Host) ? "host" : "database")}. It is like postgresql://user:password@host:5432/database.")
                : parsed;
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            throw new InvalidDataException($"{setting} is not understood: {wrong.Message} It is like postgresql://user:password@host:5432/database.", wrong);
        }
    }

    private static NpgsqlConnectionStringBuilder FromUrl(Uri url)
    {
        var parsed = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port > 0 ? url.Port : 5432,
            Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')),
        };
        var user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
        {
            parsed.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length == 2)
        {
            parsed.Password = Uri.UnescapeDataString(user[1]);
        }

        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = (Uri.UnescapeDataString(pair.Split('=')[0]), Uri.UnescapeDataString(pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]));
            Set(parsed, key, value);
        }

        return parsed;
    }

    // libpq's names for what Npgsql has under its own.
    private static void Set(NpgsqlConnectionStringBuilder parsed, string key, string value)
    {
        switch (key)
        {
            case "host":
                parsed.Host = value;
                break;
            case "port":
                parsed.Port = int.Parse(value, CultureInfo.InvariantCulture);
                break;
            case "user":
                parsed.Username = value;
                break;
            case "password":
                parsed.Password = value;
                break;
            case "dbname":
                parsed.Database = value;
                break;
            case "sslmode":
                parsed.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
                break;
            case "sslrootcert":
                parsed.RootCertificate = value;
                break;
            case "sslcert":
                parsed.SslCertificate = value;
                break;
            case "sslkey":
                parsed.SslKey = value;
                break;
            case "connect_timeout":
                parsed.Timeout = int.Parse(value, CultureInfo.InvariantCulture);
                break;
            case "application_name":
                parsed.ApplicationName = value;
                break;
            case "options":
                parsed.Options = value;
                break;
            default:
                parsed[key] = value; // Npgsql's own, or an error that names it.
                break;
        }
    }
}
