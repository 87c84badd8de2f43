using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Mail;

namespace OffGridFlow.App.Tests.Mail;

/// <summary>Letters to a real mail server, read by another's program.</summary>
public sealed class SmtpTests
{
    private const string From = "OffGridFlow <carbon@example.org>";

    private static readonly Letter Written = new(
        "ana@example.org", "Größe & Grüße 🌍 an alle, die den ganzen Tag lang Zähler ablesen",
        ".begins with a period\n\nZähler: 1.234,5 kWh\n" + new string('x', 2000) + "\n", "<p>Zähler &amp; <b>mehr</b></p>");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_letter_arrives_as_it_was_written()
    {
        await using var peer = await SmtpPeer.Start("plain");

        await Send(peer, Written);

        var taken = Assert.Single(peer.Taken());
        Assert.Equal("carbon@example.org", taken.GetProperty("from").GetString());
        Assert.Equal("ana@example.org", taken.GetProperty("to")[0].GetString());
        Assert.Equal("ogf", taken.GetProperty("user").GetString());
        Assert.Equal(Written.Subject, taken.GetProperty("subject").GetString());
        Assert.Equal(Written.Text, taken.GetProperty("text").GetString()!.ReplaceLineEndings("\n").TrimEnd('\n') + "\n");
        Assert.Equal(Written.Html, taken.GetProperty("html").GetString()!.TrimEnd('\n', '\r'));
        Assert.InRange(taken.GetProperty("longest").GetInt32(), 1, 78);
    }

    [Fact]
    public async Task a_wrong_password_and_an_unknown_person_are_refused_for_good_and_a_busy_server_is_asked_again()
    {
        await using var peer = await SmtpPeer.Start("plain");

        await Assert.ThrowsAsync<MailRefusedException>(() => Send(peer, Written, "wrong"));
        await Assert.ThrowsAsync<MailRefusedException>(() => Send(peer, Written with { To = "nobody@example.org" }));
        await Assert.ThrowsAsync<IOException>(() => Send(peer, Written with { To = "busy@example.org" }));
        Assert.Empty(peer.Taken());
        await Send(peer, Written with { To = "busy@example.org" });
        Assert.Single(peer.Taken());
    }

    [Fact]
    public async Task nothing_is_sent_to_a_server_without_starttls_where_it_is_asked_for_nor_to_one_whose_certificate_nobody_vouches_for()
    {
        await using var plain = await SmtpPeer.Start("plain");
        await using var selfSigned = await SmtpPeer.Start("starttls");

        await Assert.ThrowsAsync<MailRefusedException>(() => Send(plain, Written, tls: MailTls.StartTls));
        await Assert.ThrowsAsync<IOException>(() => Send(selfSigned, Written, tls: MailTls.StartTls));
        Assert.Empty(plain.Taken());
        Assert.Empty(selfSigned.Taken());
    }

    [Fact]
    public async Task a_server_that_is_away_is_an_outage() =>
        await Assert.ThrowsAsync<IOException>(() => SmtpClient.Send(new SmtpServer("127.0.0.1", S3Peer.FreePort(), MailTls.None, null, null), From, Written.To, Message(Written), Ct));

    [Theory]
    [InlineData("smtp://ogf:p%40ss%3Aword@mail.example.org", "mail.example.org", 587, MailTls.StartTls, "ogf", "p@ss:word")]
    [InlineData("smtp://mail.example.org:2525?tls=off", "mail.example.org", 2525, MailTls.None, null, null)]
    [InlineData("smtps://mail.example.org", "mail.example.org", 465, MailTls.FromTheStart, null, null)]
    [InlineData("smtp://a:b@mail.example.org:465?tls=on", "mail.example.org", 465, MailTls.FromTheStart, "a", "b")]
    public void a_server_is_read_from_its_setting(string text, string host, int port, MailTls tls, string? user, string? password) =>
        Assert.Equal(new SmtpServer(host, port, tls, user, password), MailPlace.Of(text, "a@example.org", "/state").Server);

    [Theory]
    [InlineData("mail.example.org", "a@example.org")]
    [InlineData("https://mail.example.org", "a@example.org")]
    [InlineData("smtp://user@mail.example.org", "a@example.org")]
    [InlineData("smtp://ogf:secret-word@mail.example.org?tls=maybe", "a@example.org")]
    [InlineData("smtp://ogf:secret-word@mail.example.org", null)]
    public void a_wrong_setting_is_said_without_its_password(string text, string? from)
    {
        var wrong = Assert.Throws<InvalidDataException>(() => MailPlace.Of(text, from, "/state"));

        Assert.DoesNotContain("secret-word", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void without_a_server_letters_go_into_a_folder() => Assert.Equal(new MailPlace("offgridflow@localhost", "/state/mail", null), MailPlace.Of(null, null, "/state"));

    [Fact]
    public void no_header_can_be_smuggled_in() =>
        Assert.Throws<ArgumentException>(() => Message(Written with { To = "ana@example.org\r\nBcc: all@example.org" }));

    private static string Message(Letter letter) => letter.ToMessage(From, Guid.CreateVersion7(), TimeProvider.System.GetUtcNow());

    private static Task Send(SmtpPeer peer, Letter letter, string password = "p@ss:word", MailTls tls = MailTls.None) =>
        SmtpClient.Send(new SmtpServer("127.0.0.1", peer.Port, tls, "ogf", password), From, letter.To, Message(letter), Ct);
}
