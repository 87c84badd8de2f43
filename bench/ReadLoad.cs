using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.Bench;

/// <summary>Clients that each ask one question after another over a connection that stays open.</summary>
internal static class ReadLoad
{
    private const int WarmSeconds = 2;

    public static async Task<int> Work(string address, string key, int clients, int seconds, string[] paths)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = clients, UseCookies = false, UseProxy = false };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var begun = Stopwatch.GetTimestamp();
        foreach (var path in paths)
        {
            await Ask(client, path);
        }

        var first = Stopwatch.GetElapsedTime(begun).TotalMilliseconds / paths.Length;
        await All(client, clients, WarmSeconds, paths);
        var times = await All(client, clients, seconds, paths);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{times.Length / (double)seconds:R} {At(times, 50):R} {At(times, 95):R} {At(times, 99):R} {first:R}"));
        return CommandLine.Done;
    }

    private static async Task<double[]> All(HttpClient client, int clients, int seconds, string[] paths)
    {
        var end = Stopwatch.GetTimestamp() + (seconds * Stopwatch.Frequency);
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(async number =>
        {
            var mine = new List<double>();
            for (var turn = number; Stopwatch.GetTimestamp() < end; turn++)
            {
                var begun = Stopwatch.GetTimestamp();
                await Ask(client, paths[turn % paths.Length]);
                mine.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            return mine;
        }));
        return [.. times.SelectMany(mine => mine).Order()];
    }

    // To its last byte; an answer that is none would make the figure meaningless.
    private static async Task Ask(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidDataException($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private static double At(double[] sorted, int percent) => sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];
}
