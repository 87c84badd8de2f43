using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Limits;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Outbound;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Host;

/// <summary>What a server is started with.</summary>
/// <param name="Database">As the application role; it belongs to whoever made it.</param>
/// <param name="DataFolder">The product's data.</param>
/// <param name="StateFolder">What the program makes: files, keys.</param>
public sealed record HostSettings(Database Database, string DataFolder, string StateFolder)
{
    /// <summary>Names how many requests a second a tenant may make.</summary>
    public const string RateVariable = "OFFGRIDFLOW_REQUESTS_PER_SECOND";

    /// <summary>Names how many rows a transaction of a long job takes.</summary>
    public const string ChunkVariable = "OFFGRIDFLOW_CHUNK_ROWS";

    /// <summary>Names after how many seconds without a sign of life a worker's jobs go to another one.</summary>
    public const string LeaseVariable = "OFFGRIDFLOW_LEASE_SECONDS";

    /// <summary>Names how many days ended jobs, events and deliveries are kept.</summary>
    public const string KeepVariable = "OFFGRIDFLOW_KEEP_DAYS";

    /// <summary>Names how many days dead letters are kept.</summary>
    public const string KeepDeadVariable = "OFFGRIDFLOW_KEEP_DEAD_DAYS";

    /// <summary>Names how many days an upload in pieces may rest.</summary>
    public const string KeepUploadsVariable = "OFFGRIDFLOW_KEEP_UPLOADS_DAYS";

    /// <summary>Names where raw files are kept.</summary>
    public const string FilesVariable = "OFFGRIDFLOW_FILES";

    /// <summary>A folder, or <c>s3://bucket/prefix?endpoint=…</c>; null: within the state folder.</summary>
    public string? FilePlace { get; init; } = Environment.GetEnvironmentVariable(FilesVariable);

    /// <summary>Where letters go; null: as the environment names it.</summary>
    public MailPlace? Mail { get; init; }

    /// <summary>Where people reach the server: links in letters begin with it. Null: where it listens.</summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>Names the largest file that imports and uploads take, in megabytes.</summary>
    public const string LargestFileVariable = "OFFGRIDFLOW_LARGEST_FILE_MB";

    /// <summary>The largest file that imports and uploads take.</summary>
    public long MostFileBytes { get; init; } = FileStore.UsualMostBytes;

    /// <summary>Names the host the installation is reached by; tenants are reached by a name before it: <c>acme.example.org</c>.</summary>
    public const string HostVariable = "OFFGRIDFLOW_HOST";

    /// <summary>The host the installation is reached by, or null: by any.</summary>
    public string? Host { get; init; } = Environment.GetEnvironmentVariable(HostVariable) is { Length: > 0 } host ? host.Trim().ToLowerInvariant() : null;

    /// <summary>The region of the installation, and those of the deployment.</summary>
    public Regions Regions { get; init; } = Regions.FromEnvironment();

    /// <summary>Names how often a minute somebody may try to sign in from one address.</summary>
    public const string SignInsVariable = "OFFGRIDFLOW_SIGN_INS_PER_MINUTE";

    /// <summary>How often somebody may try to sign in.</summary>
    public SignInLimits SignIns { get; init; } = new(FromEnvironment(SignInsVariable, new SignInLimits().PerAddress));

    /// <summary>The Redis that servers count requests in together, or null: each counts for itself.</summary>
    public string? Redis { get; init; } = Environment.GetEnvironmentVariable(Allowance.Variable) is { Length: > 0 } redis ? redis : null;

    /// <summary>Names the networks of proxies in front of the server, in CIDR notation, with commas between.</summary>
    public const string ProxiesVariable = "OFFGRIDFLOW_PROXIES";

    /// <summary>Whose word on the client's address and on TLS is taken (<c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c>); nobody's by default.</summary>
    public IReadOnlyList<System.Net.IPNetwork> Proxies { get; init; } = ProxiesFromEnvironment();

    /// <summary>How long the headers of a request may take, and how long its body may be slower than a kilobyte a second.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Names how many seconds a request may take.</summary>
    public const string LongestRequestVariable = "OFFGRIDFLOW_REQUEST_SECONDS";

    /// <summary>How long a request may take, those apart that carry files or streams: they last as long as there is something to carry.</summary>
    public TimeSpan LongestRequest { get; init; } = TimeSpan.FromSeconds(FromEnvironment(LongestRequestVariable, 100, most: 86_400));

    private const int DefaultRate = 200;

    /// <summary>
    /// Whether the sign-in page offers to open the demonstration organisation without typing: on a person's own machine only.
    /// </summary>
    public bool OffersDemonstration { get; init; }

    /// <summary>The private database server, which is watched over; null on a server of one's own.</summary>
    public EmbeddedServer? PrivateServer { get; init; }

    /// <summary>Where it listens; 0: any free port.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Whose requests it takes: this machine's, or everybody's (<c>0.0.0.0</c>).</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The server's own certificate; null: it speaks plain HTTP, to a proxy or to its own machine.</summary>
    public CertificateFiles? Certificate { get; init; }

    /// <summary>Names how the log is written: <c>text</c>, or <c>json</c>, a line for each entry.</summary>
    public const string LogVariable = "OFFGRIDFLOW_LOG";

    /// <summary>Whether the log is for programs to read.</summary>
    public bool LogsJson { get; init; } = Environment.GetEnvironmentVariable(LogVariable) switch
    {
        null or "" or "text" => false,
        "json" => true,
        { } other => throw new InvalidDataException($"{LogVariable} is {other}, and is to be text or json."),
    };

    /// <summary>Whether requests that are refused are logged.</summary>
    public bool LogsRefusals { get; init; }

    /// <summary>Whether it answers requests.</summary>
    public bool Serves { get; init; } = true;

    /// <summary>Whether it does jobs.</summary>
    public bool Works { get; init; } = true;

    /// <summary>Requests a second a tenant may make in the long run; it may save up ten seconds' worth.</summary>
    public int RequestsPerSecond { get; init; } = DefaultRate;

    /// <summary>Rows that a transaction of a long job takes.</summary>
    public ChunkSize Chunk { get; init; } = ChunkSize.Default;

    /// <summary>How its workers work.</summary>
    public JobWorkerOptions Workers { get; init; } = new();

    /// <summary>Where addresses that tenants set may lead.</summary>
    public OutboundOptions Outbound { get; init; } = OutboundOptions.FromEnvironment();

    /// <summary>What an operator has kept for longer or shorter than the schedule says.</summary>
    public RetentionSettings Retention { get; init; } = new();

    /// <summary>The largest body of a request that is not an upload.</summary>
    public long MostBodyBytes { get; init; } = 32 * 1024 * 1024;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The rate the environment names, else the default.</summary>
    /// <exception cref="InvalidDataException">It names something else than a number.</exception>
    public static int RateFromEnvironment() => FromEnvironment(RateVariable, DefaultRate);

    /// <summary>The chunk size the environment names, else the default.</summary>
    /// <exception cref="InvalidDataException">It names something else than a number.</exception>
    public static ChunkSize ChunkFromEnvironment() => new(FromEnvironment(ChunkVariable, ChunkSize.Default.Rows));

    /// <summary>Workers with the lease the environment names, else the default.</summary>
    /// <exception cref="InvalidDataException">It names something else than a number.</exception>
    public static JobWorkerOptions WorkersFromEnvironment()
    {
        var usual = new JobWorkerOptions();
        return usual with { Lease = TimeSpan.FromSeconds(FromEnvironment(LeaseVariable, (int)usual.Lease.TotalSeconds)) };
    }

    /// <summary>The largest file the environment names, else the default.</summary>
    /// <exception cref="InvalidDataException">It names something else than a number.</exception>
    public static long LargestFileFromEnvironment() => (long)FromEnvironment(LargestFileVariable, (int)(FileStore.UsualMostBytes >> 20)) << 20;

    /// <summary>What the environment says is kept how long; what it does not name is as the schedule has it.</summary>
    /// <exception cref="InvalidDataException">It names something else than a number of days.</exception>
    public static RetentionSettings RetentionFromEnvironment()
    {
        return new RetentionSettings { Ended = Days(KeepVariable), DeadLetters = Days(KeepDeadVariable), Uploads = Days(KeepUploadsVariable) };

        static TimeSpan? Days(string variable) => FromEnvironment(variable, 0, most: 36_500) is > 0 and var days ? TimeSpan.FromDays(days) : null;
    }

    /// <summary>The address the environment names, or null.</summary>
    /// <exception cref="InvalidDataException">It names something that is no address of a site.</exception>
    public static Uri? AddressFromEnvironment() => Environment.GetEnvironmentVariable(Platform.Mail.PublicAddress.Variable) is not { Length: > 0 } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.AbsolutePath == "/" ? uri
        : throw new InvalidDataException($"{Platform.Mail.PublicAddress.Variable} is {text}, which is no address such as https://carbon.example.org.");

    private static System.Net.IPNetwork[] ProxiesFromEnvironment() =>
    [
        .. (Environment.GetEnvironmentVariable(ProxiesVariable) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text =>
            System.Net.IPNetwork.TryParse(text, out var network) ? network : throw new InvalidDataException($"{ProxiesVariable} holds {text}, which is no network in CIDR notation.")),
    ];

    private static int FromEnvironment(string variable, int otherwise, int most = 10_000_000) => Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text ? otherwise
        : int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number
        : throw new InvalidDataException($"{variable} is {text}, which is no number from 1 to {most}.");
}
