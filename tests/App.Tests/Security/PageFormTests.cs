using System.Net.Http.Headers;
using System.Text;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Security;

/// <summary>What our own pages send is a form; others send what they like.</summary>
public sealed class PageFormTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly (string? Type, string Body)[] Sent =
    [
        (null, ""), (null, "name=x"), ("application/json", "{}"), ("text/plain", "x"), ("application/x-www-form-urlencoded", ""), ("application/x-www-form-urlencoded", "name=%00"),
        ("application/x-www-form-urlencoded", new string('a', 5000)), ("application/x-www-form-urlencoded; charset=nonsense", "name=x"), ("multipart/form-data", "x"), ("multipart/form-data; boundary=", "x"),
        ("multipart/form-data; boundary=b", ""), ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx"), ("multipart/form-data; boundary=b", "--b\r\n" + new string('h', 40_000)),
    ];

    [Theory]
    [InlineData("owner")]
    [InlineData("viewer")]
    [InlineData(null)]
    public async Task no_page_that_takes_a_form_answers_anything_else_with_a_fault(string? role)
    {
        var tenant = await People.Tenant(api);
        var cookie = role is null ? "" : await People.Cookie(api, tenant, role);
        var pages = PageForms.Addresses(api);
        Assert.True(pages.Count > 40);
        var wrong = new List<string>();
        foreach (var page in pages)
        {
            foreach (var (type, body) in Sent)
            {
                using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
                content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.TryParse(type, out var known) ? known : null;
                if (type is not null && content.Headers.ContentType is null)
                {
                    content.Headers.TryAddWithoutValidation("Content-Type", type);
                }

                using var answer = await api.Nobody.Send(HttpMethod.Post, page, content, ("Cookie", cookie), ("Sec-Fetch-Site", "same-origin"));
                if ((int)answer.StatusCode >= 500)
                {
                    wrong.Add($"{page} {type} {body[..Math.Min(20, body.Length)]}: {(int)answer.StatusCode}");
                }
            }
        }

        Assert.Equal([], wrong);
    }
}
