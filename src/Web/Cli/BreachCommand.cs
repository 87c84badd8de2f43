using System.CommandLine;
using System.Security.Cryptography;
using OffGridFlow.Organizations.Notices;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Cli;

/// <summary>breach: the operator tells the administrators of tenants that their data were breached (GDPR Art. 33(2)).</summary>
internal static class BreachCommand
{
    internal static Command Create()
    {
        var verb = new Verb("breach", "Tell the administrators of tenants of a breach of their data.") { Examples = ["breach notify --all --file NOTICE.md --reference INC-2026-07"] };
        verb.Add(Notify());
        return verb;
    }

    private static Command Notify()
    {
        var slugs = new Option<string[]>("--tenant") { Description = "The slug of a tenant concerned; as often as there are.", DefaultValueFactory = _ => [] };
        var all = new Option<bool>("--all") { Description = "Every tenant is concerned." };
        var file = new Option<FileInfo>("--file") { Required = true, Description = "The notice, in Markdown: '# title', then sections '## Nature', 'Categories and numbers', 'Contact', 'Consequences', 'Measures' (Art. 33(3))." };
        var reference = new Option<string?>("--reference") { Description = "Your name for the incident: under one nobody is told twice. Without it: made of the text." };
        var state = HomeFolder.StateOption();
        var verb = new Verb("notify", "Send every owner and administrator a letter and put the notice on their pages until one of them acknowledges it. Again: whoever was not told yet is, and what became of the letters is shown.")
        {
            Examples = ["breach notify --tenant acme --tenant globex --file NOTICE.md --reference INC-2026-07", "breach notify --all --file NOTICE.md"],
            Options = { slugs, all, file, reference, state },
        };
        verb.SetAction(async (result, ct) =>
        {
            var named = result.GetValue(slugs)!;
            if (result.GetValue(all) == named.Length > 0)
            {
                throw new UsageException("Name the tenants concerned with --tenant, or all of them with --all.");
            }

            var content = await File.ReadAllTextAsync(result.GetValue(file)!.FullName, ct);
            if (!NoticeText.Read(content).TryValue(out var text, out var problem))
            {
                return Refuse(result, problem);
            }

            var folder = HomeFolder.State(result, state);
            await using var opened = await OpenedDatabase.Open(folder, migrates: true, ct);
            var letters = new SendLetter(opened.Database, new Seals(MasterKeys.Of(folder), TimeProvider.System), MailPlace.FromEnvironment(folder), TimeProvider.System);
            var address = new PublicAddress(() => HostSettings.AddressFromEnvironment() ?? new Uri("http://localhost:8080"));
            var name = result.GetValue(reference) ?? "breach-" + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text.Body)))[..12];
            var told = await new TellBreach(opened.Database, letters, address, TimeProvider.System).Handle(text, name, named, ct);
            return told.TryValue(out var outcomes, out problem) ? Print(result, name, outcomes) : Refuse(result, problem);
        });
        return verb;
    }

    private static int Print(ParseResult result, string reference, IReadOnlyList<TellBreach.Outcome> outcomes)
    {
        var output = result.InvocationConfiguration.Output;
        output.WriteLine($"reference  {reference}");
        foreach (var outcome in outcomes)
        {
            output.WriteLine(outcome.Slug);
            foreach (var person in outcome.Told)
            {
                output.WriteLine($"  {(person.IsNew ? "told now" : "told before")}  {person.Email}  {Letter(person.Letter)}");
            }

            if (outcome.Problem is { } problem)
            {
                output.WriteLine($"  FAILED  {problem.Code}: found {problem.Found}; expected {problem.Expected}. {problem.Fix}");
            }
        }

        var failed = outcomes.Where(outcome => outcome.Problem is not null || outcome.Told.Any(person => person.Letter == "dead")).ToList();
        output.WriteLine(failed.Count == 0 ? "Letters go out by the workers; run this again to see what became of them." : $"Not reached, or not all: {string.Join(", ", failed.Select(outcome => outcome.Slug))}.");
        return failed.Count == 0 ? CommandLine.Done : CommandLine.Fault;
    }

    private static string Letter(string? status) => status switch
    {
        "queued" or "running" => "letter on its way",
        "succeeded" => "letter sent",
        "dead" => "LETTER FAILED: its job is a dead letter (GET /api/v1/jobs)",
        null => "letter sent some time ago",
        _ => $"letter {status}",
    };

    private static int Refuse(ParseResult result, Problem problem)
    {
        foreach (var one in (Problem[])[problem, .. problem.Also])
        {
            result.InvocationConfiguration.Error.WriteLine($"{one.Code} {one.Column}: found {one.Found}; expected {one.Expected}. {one.Fix}");
        }

        return CommandLine.Fault;
    }
}
