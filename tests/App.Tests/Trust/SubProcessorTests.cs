using System.Text.RegularExpressions;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Trust;

/// <summary>Data goes to nobody: the sources name no server, so that there is none to reach but those that the operator or an organisation sets.</summary>
public sealed partial class SubProcessorTests
{
    // Examples of documentation (RFC 2606, RFC 6761), this machine, and names that are compared or shown, never asked.
    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["www.rfc-editor.org"] = "where SCIM's description names its standard",
        ["www.w3.org"] = "names of XML vocabularies",
    };

    [Fact]
    public void the_program_names_no_server_of_anybody_else()
    {
        var hosts = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path) is ".cs" or ".razor" or ".js" or ".css" or ".svg" && !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(path => File.ReadLines(path).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)).SelectMany(line => Host().Matches(line)).Select(match => (File: Path.GetRelativePath(Repository.Root, path), Host: match.Groups["host"].Value.TrimEnd('.'))))
            .Where(one => !IsExample(one.Host) && !Named.ContainsKey(one.Host)).ToList();

        Assert.Empty(hosts);
    }

    [Fact]
    public void one_that_is_planted_is_found() => Assert.Equal("telemetry.vendor.io", Assert.Single(Host().Matches("client.Post(\"https://telemetry.vendor.io/v1\")")).Groups["host"].Value);

    private static bool IsExample(string host) => host is "localhost" or "127.0.0.1" or "host" || host.Split('.')[^1] is "example" or "invalid" or "localhost" || Regex.IsMatch(host, @"(^|\.)example\.(org|com|net)$", RegexOptions.None, TimeSpan.FromSeconds(1));

    [GeneratedRegex(@"(?:https?|wss?|ftp)://(?<host>[A-Za-z0-9][A-Za-z0-9.-]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Host();
}
