using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Web.Demo;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Cli;

/// <summary><c>up</c>, <c>serve</c> and <c>work</c>: the server and its workers, together or apart.</summary>
internal static class ServerCommands
{
    private const int DefaultPort = 8080;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Command Up()
    {
        var (port, listen, state) = (Port(), Listen(), HomeFolder.StateOption());
        var detach = new Option<bool>("--detach", "-d") { Description = "Come back once it is ready; 'down' stops it." };
        var verb = new Verb("up", "Start everything: the database, the server and its workers. The first start makes a demonstration organisation.")
        {
            Examples = ["up", "up --port 8081 --detach"],
            Options = { port, listen, detach, state },
        };
        verb.SetAction(async (result, ct) =>
        {
            var folder = HomeFolder.State(result, state);
            var output = result.InvocationConfiguration.Output;
            if (await ServerRecord.Running(folder, ct) is { } running)
            {
                await output.WriteLineAsync($"It is running already at {running.Address} (process {running.Process.ToString(CultureInfo.InvariantCulture)}). './offgridflow down' stops it.");
                return CommandLine.Done;
            }

            return result.GetValue(detach)
                ? await Detach(folder, result.GetValue(port), result.GetValue(listen)!, output, ct)
                : await Run(folder, new Role(true, true, true), result.GetValue(port), result.GetValue(listen)!, output, ct);
        });
        return verb;
    }

    public static Command Serve()
    {
        var (port, listen, state) = (Port(), Listen(), HomeFolder.StateOption());
        var verb = new Verb("serve", "Run the server alone, without workers. The database must be up to date ('migrate').")
        {
            Examples = ["serve --port 8080 --listen 0.0.0.0"],
            Options = { port, listen, state },
        };
        verb.SetAction((result, ct) => Run(
            HomeFolder.State(result, state), new Role(false, true, false), result.GetValue(port), result.GetValue(listen)!, result.InvocationConfiguration.Output, ct));
        return verb;
    }

    public static Command Work()
    {
        var state = HomeFolder.StateOption();
        var verb = new Verb("work", "Run workers alone: as many processes as wanted, on one queue.") { Examples = ["work"], Options = { state } };
        verb.SetAction((result, ct) => Run(HomeFolder.State(result, state), new Role(false, false, true), 0, "127.0.0.1", result.InvocationConfiguration.Output, ct));
        return verb;
    }

    private static Option<int> Port()
    {
        var option = new Option<int>("--port") { DefaultValueFactory = _ => DefaultPort, Description = "Where the server listens; 0: any free port." };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 65535)
            {
                result.AddError("A port is a number from 0 to 65535.");
            }
        });
        return option;
    }

    private static Option<string> Listen()
    {
        var option = new Option<string>("--listen") { DefaultValueFactory = _ => "127.0.0.1", Description = "Whose requests it takes: 127.0.0.1, this machine's only; 0.0.0.0, everybody's." };
        option.Validators.Add(result =>
        {
            if (!System.Net.IPAddress.TryParse(result.GetValueOrDefault<string>(), out _))
            {
                result.AddError("--listen takes an IP address of this machine.");
            }
        });
        return option;
    }

    private sealed record Role(bool Migrates, bool Serves, bool Works);

    private static async Task<int> Run(string state, Role role, int port, string listen, TextWriter output, CancellationToken ct)
    {
        Directory.CreateDirectory(state);
        if (role.Serves)
        {
            CheckPort(System.Net.IPAddress.Parse(listen), port);
        }

        var (mail, certificate) = (MailPlace.FromEnvironment(state), CertificateFiles.FromEnvironment());
        await using var opened = await OpenedDatabase.Open(state, role.Migrates, ct);
        await using var app = ProductHost.Build(new HostSettings(opened.Database, DataFolder.Find(), state)
        {
            PrivateServer = opened.Settings.Embedded,
            Port = port,
            Address = listen,
            Serves = role.Serves,
            Works = role.Works,
            RequestsPerSecond = HostSettings.RateFromEnvironment(),
            MostFileBytes = HostSettings.LargestFileFromEnvironment(),
            Chunk = HostSettings.ChunkFromEnvironment(),
            Workers = HostSettings.WorkersFromEnvironment(),
            Retention = HostSettings.RetentionFromEnvironment(),
            PublicAddress = HostSettings.AddressFromEnvironment(),
            Mail = mail,
            Certificate = certificate,
            LogsRefusals = true,
            OffersDemonstration = role is { Serves: true, Works: true } && System.Net.IPAddress.IsLoopback(System.Net.IPAddress.Parse(listen)),
        });
        await app.StartAsync(ct);
        var address = role.Serves ? app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() : "";
        var isAll = role is { Serves: true, Works: true };
        try
        {
            if (isAll)
            {
                await MakeDemo(state, app.Services, ct);
                ServerRecord.Write(state, new ServerRecord(Environment.ProcessId, address, certificate?.Chain));
            }

            await Greet(state, role, address, mail, output);
            await app.WaitForShutdownAsync(ct);
            await output.WriteLineAsync("Stopping ...");
            return CommandLine.Done;
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
            if (isAll)
            {
                ServerRecord.Forget(state);
            }
        }
    }

    // Before anything is started, and in words: the server's own exception is a page long.
    private static void CheckPort(System.Net.IPAddress listen, int port)
    {
        try
        {
            using var listener = new System.Net.Sockets.TcpListener(listen, port);
            listener.Start();
        }
        catch (System.Net.Sockets.SocketException refused)
        {
            throw new IOException(
                refused.SocketErrorCode switch
                {
                    System.Net.Sockets.SocketError.AddressAlreadyInUse => $"Port {port} is taken by another program. Choose another with --port; 0 takes any that is free.",
                    System.Net.Sockets.SocketError.AccessDenied => $"Port {port} is not for this account. Choose one above 1023 with --port.",
                    System.Net.Sockets.SocketError.AddressNotAvailable => $"{listen} is no address of this machine. Choose another with --listen.",
                    _ => $"The server cannot listen at {listen}, port {port}: {refused.Message}.",
                },
                refused);
        }
    }

    private static async Task MakeDemo(string state, IServiceProvider services, CancellationToken ct)
    {
        var made = await DemoOrganization.Create(services, ct);
        if (made.Problem is { } problem)
        {
            throw new InvalidDataException($"The demonstration organisation could not be made: {problem.Column}: found {problem.Found}, expected {problem.Expected}.");
        }

        if (made.Value is { } key)
        {
            var path = DemoKey(state);
            await File.WriteAllTextAsync(path, "", ct);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await File.WriteAllTextAsync(path, key + "\n", ct);
        }
    }

    private static string DemoKey(string state) => Path.Combine(state, "demo-key");

    private static async Task Greet(string state, Role role, string address, MailPlace mail, TextWriter output)
    {
        if (!role.Serves)
        {
            await output.WriteLineAsync("Workers are at work. Ctrl-C stops them.");
            return;
        }

        await output.WriteLineAsync($"\nOffGridFlow is ready at {address}\n");
        if (role.Works && File.Exists(DemoKey(state)))
        {
            var key = (await File.ReadAllTextAsync(DemoKey(state))).Trim();
            await output.WriteLineAsync($"""
                  Demonstration key   {key}
                  API documentation   {address}/docs
                  A first request     curl -H "Authorization: Bearer {key}" {address}/api/v1/api-keys

                """);
        }

        if (address.StartsWith("http:", StringComparison.Ordinal) && !new Uri(address).IsLoopback)
        {
            await output.WriteLineAsync($"  It speaks plain HTTP to other machines: put a proxy with TLS before it, or name a certificate with {Certificate.Variable}.\n");
        }

        if (mail.Folder is { } folder)
        {
            await output.WriteLineAsync($"  Letters are put into {folder}; {MailPlace.ServerVariable} names a mail server.\n");
        }

        await output.WriteLineAsync("Ctrl-C stops it.");
        await output.FlushAsync();
    }

    // The same program once more, on its own, with its output in a file.
    private static async Task<int> Detach(string state, int port, string listen, TextWriter output, CancellationToken ct)
    {
        Directory.CreateDirectory(state);
        var log = Path.Combine(state, "server.log");
        var start = new ProcessStartInfo("setsid", [
            "sh", "-c", "exec \"$@\" >\"$0\" 2>&1 </dev/null", log, Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "OffGridFlow.Web.dll"),
            "up", "--port", port.ToString(CultureInfo.InvariantCulture), "--listen", listen, "--data", state]);
        using var server = System.Diagnostics.Process.Start(start) ?? throw new IOException("The server cannot be started.");
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            if (await ServerRecord.Running(state, ct) is not null)
            {
                await output.WriteAsync((await File.ReadAllTextAsync(log, ct)).Replace("Ctrl-C stops it.", "'./offgridflow down' stops it.", StringComparison.Ordinal));
                return CommandLine.Done;
            }

            if (server.HasExited)
            {
                throw new IOException($"The server did not start:\n{await File.ReadAllTextAsync(log, ct)}");
            }

            await Task.Delay(50, ct);
        }

        throw new IOException($"The server is not ready after {Patience.TotalMinutes} minutes; see {log}.");
    }
}
