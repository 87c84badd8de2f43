using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OffGridFlow.App.Tests.Messaging;

/// <summary>Somebody's server that receives webhooks.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private Receiver(WebApplication app) => this.app = app;

    internal sealed record Delivery(string Id, string Timestamp, string Signature, string Body);

    internal ConcurrentQueue<Delivery> Received { get; } = new();

    /// <summary>What it answers to the delivery of a number, from 1 on.</summary>
    internal Func<int, int> Answer { get; set; } = _ => StatusCodes.Status204NoContent;

    internal string Url => app.Urls.Single() + "/hook";

    internal static async Task<Receiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new Receiver(builder.Build());
        receiver.app.MapPost("/hook", receiver.Receive);
        await receiver.app.StartAsync();
        return receiver;
    }

    private async Task<IResult> Receive(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        Received.Enqueue(new Delivery(
            request.Headers["webhook-id"].Single()!, request.Headers["webhook-timestamp"].Single()!, request.Headers["webhook-signature"].Single()!, await reader.ReadToEndAsync()));
        return Results.StatusCode(Answer(Received.Count));
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
