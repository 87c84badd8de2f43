using System.Text;
using OffGridFlow.Organizations.SignIn;

namespace OffGridFlow.App.Tests.SignIn;

public sealed class TotpTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void codes_are_those_of_the_standard(long second, string code)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(second);

        Assert.Equal(code, Totp.Code(Secret, Totp.StepOf(at)));
        Assert.Equal(Totp.StepOf(at), Totp.Verify(Secret, code, at, 0));
    }

    // RFC 4226, appendix D: the counter is the step.
    [Theory]
    [InlineData(0, "755224")]
    [InlineData(1, "287082")]
    [InlineData(2, "359152")]
    [InlineData(3, "969429")]
    [InlineData(9, "520489")]
    public void codes_of_a_counter_are_those_of_the_standard(long counter, string code) => Assert.Equal(code, Totp.Code(Secret, counter));

    [Fact]
    public void a_code_is_good_for_half_a_minute_on_either_side_and_only_once()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000);
        var step = Totp.StepOf(now);

        Assert.Equal(step - 1, Totp.Verify(Secret, Totp.Code(Secret, step - 1), now, 0));
        Assert.Equal(step + 1, Totp.Verify(Secret, Totp.Code(Secret, step + 1), now, 0));
        Assert.Null(Totp.Verify(Secret, Totp.Code(Secret, step - 2), now, 0));
        Assert.Null(Totp.Verify(Secret, Totp.Code(Secret, step + 2), now, 0));
        Assert.Null(Totp.Verify(Secret, Totp.Code(Secret, step), now, step));
        Assert.Null(Totp.Verify(Secret, Totp.Code(Secret, step - 1), now, step));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("１２３４５６")]
    [InlineData("28708a")]
    public void what_is_no_code_is_refused(string code) => Assert.Null(Totp.Verify(Secret, code, DateTimeOffset.FromUnixTimeSeconds(59), 0));

    // RFC 4648, 10, without padding.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void base32_is_that_of_the_standard(string text, string expected) => Assert.Equal(expected, Totp.Base32(Encoding.ASCII.GetBytes(text)));
}
