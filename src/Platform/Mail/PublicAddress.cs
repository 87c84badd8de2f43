namespace OffGridFlow.Platform.Mail;

/// <summary>Where people reach this installation: what links in letters begin with. Never what a request says it came to: anybody can say that.</summary>
/// <param name="Find">Asked when a letter is written: a server knows its port when it has started.</param>
public sealed record PublicAddress(Func<Uri> Find)
{
    /// <summary>Names the address people reach the server at: <c>https://carbon.example.org</c>.</summary>
    public const string Variable = "OFFGRIDFLOW_URL";

    public string Link(string path) => new Uri(Find(), path).AbsoluteUri;
}
