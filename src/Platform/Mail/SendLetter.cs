using System.Text;
using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Mail;

/// <summary>
/// Sends letters by a job, so that a mail server that is away loses none. A letter may hold a link that opens something: it waits sealed, and
/// nobody reads it in the list of jobs.
/// </summary>
public sealed class SendLetter(Database database, Seals seals, MailPlace place, TimeProvider clock) : IJobHandler
{
    public const string JobName = "send-letter";

    private const string Purpose = "letter";

    public string Name => JobName;

    /// <summary>For about two days: mail servers are away for longer than other things.</summary>
    public RetryPolicy Retries { get; } = new(40, TimeSpan.FromSeconds(2), TimeSpan.FromHours(2));

    /// <summary>Puts a letter into the queue, within the transaction that makes it necessary; the job that sends it.</summary>
    public async Task<Guid> Post(Session session, Letter letter)
    {
        if (session.Tenant == TenantId.None)
        {
            await Prune.Schedule(session, clock); // What is no tenant's was made with none, and its jobs are not kept for ever either.
        }

        var sealedLetter = await seals.Seal(session, Purpose, JsonSerializer.SerializeToUtf8Bytes(letter, Json.Options));
        return await JobQueue.Enqueue(session, new NewJob(JobType.Notification, JobName, new { letter = Convert.ToBase64String(sealedLetter), letter_id = Guid.CreateVersion7(), written_at = clock.GetUtcNow() }) { Priority = 10 });
    }

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var box = Convert.FromBase64String(job.Arguments.GetProperty("letter").GetString()!);
        var letter = JsonSerializer.Deserialize<Letter>(await database.Read(job.Caller, session => seals.Open(session, Purpose, box), ct), Json.Options)!;
        var (id, at) = (job.Arguments.GetProperty("letter_id").GetGuid(), job.Arguments.GetProperty("written_at").GetDateTimeOffset());
        var message = letter.ToMessage(place.From, id, at);
        if (place.Server is { } server)
        {
            try
            {
                await SmtpClient.Send(server, place.From, letter.To, message, ct);
            }
            catch (MailRefusedException refused)
            {
                throw new PermanentJobException(refused.Problem);
            }
        }
        else
        {
            await Drop(message, id, at, ct);
        }
    }

    // Whole or not at all: whoever watches the folder sees no half of one. Only its owner reads it.
    private async Task Drop(string message, Guid id, DateTimeOffset at, CancellationToken ct)
    {
        Directory.CreateDirectory(place.Folder!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(place.Folder!, FormattableString.Invariant($"{at.UtcDateTime:yyyyMMdd-HHmmss}-{id:N}.eml"));
        await using (var file = new FileStream(path + ".part", new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(message), ct);
        }

        File.Move(path + ".part", path, overwrite: true);
    }
}
