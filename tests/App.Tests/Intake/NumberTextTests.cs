using System.Globalization;
using System.Text;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.App.Tests.Intake;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("12", "12")]
    [InlineData("-12.50", "-12.50")]
    [InlineData("+7", "7")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("0.241", "0.241")]
    [InlineData("0,241", "0.241")]
    [InlineData("1,5", "1.5")]
    [InlineData("1234,567", "1234.567")]
    [InlineData("1234.567", "1234.567")]
    [InlineData("1,234.56", "1234.56")]
    [InlineData("1.234,56", "1234.56")]
    [InlineData("1,234,567", "1234567")]
    [InlineData("1.234.567", "1234567")]
    [InlineData("12,34,567.8", "1234567.8")]
    [InlineData("12,34,567", "1234567")]
    [InlineData("1 234,56", "1234.56")]
    [InlineData("1\u00a0234,56", "1234.56")]
    [InlineData("1\u202f234\u202f567,5", "1234567.5")]
    [InlineData("1 234,567", "1234.567")]
    [InlineData("1 234", "1234")]
    [InlineData("1'234.56", "1234.56")]
    [InlineData("1’234’567", "1234567")]
    [InlineData("1.234,56-", "-1234.56")]
    [InlineData("(123)", "-123")]
    [InlineData("(1,234.50)", "-1234.50")]
    [InlineData("−3.25", "-3.25")]
    [InlineData("1.5e3", "1500")]
    [InlineData("1.234e3", "1234")]
    [InlineData("1,5E-2", "0.015")]
    [InlineData("\u00a0 42 \u200b", "42")]
    [InlineData("'42", "42")]
    [InlineData("0.1234567890123456789012345678", "0.1234567890123456789012345678")]
    [InlineData("123456789012345678901234567.8", "123456789012345678901234567.8")]
    public void a_number_that_has_one_reading_is_read_whatever_the_style(string text, string expected)
    {
        Assert.True(NumberText.TryParse(Encoding.UTF8.GetBytes(text), DecimalStyle.Unknown, out var value, out _));

        Assert.Equal(decimal.Parse(expected, CultureInfo.InvariantCulture), value);
    }

    [Theory]
    [InlineData("1,234", DecimalStyle.Point, "1234")]
    [InlineData("1,234", DecimalStyle.Comma, "1.234")]
    [InlineData("1.234", DecimalStyle.Point, "1.234")]
    [InlineData("1.234", DecimalStyle.Comma, "1234")]
    [InlineData("-12,345", DecimalStyle.Comma, "-12.345")]
    [InlineData("123.456", DecimalStyle.Comma, "123456")]
    public void a_doubtful_number_is_read_in_the_style_of_its_column(string text, object style, string expected)
    {
        Assert.True(NumberText.TryParse(Encoding.UTF8.GetBytes(text), (DecimalStyle)style, out var value, out _));

        Assert.Equal(decimal.Parse(expected, CultureInfo.InvariantCulture), value);
    }

    [Theory]
    [InlineData("1,234", DecimalStyle.Unknown)]
    [InlineData("1.234", DecimalStyle.Unknown)]
    [InlineData("999.999", DecimalStyle.Mixed)]
    [InlineData("(1,234)", DecimalStyle.Mixed)]
    public void a_doubtful_number_is_never_guessed(string text, object style)
    {
        Assert.False(NumberText.TryParse(Encoding.UTF8.GetBytes(text), (DecimalStyle)style, out var value, out var problem));

        Assert.Equal(NumberProblem.Ambiguous, problem);
        Assert.Equal(0, value);
    }

    [Fact]
    public void an_ambiguous_number_is_reported_with_both_readings()
    {
        var problem = NumberText.Describe(NumberProblem.Ambiguous, "1,234"u8, "Qty");

        Assert.Equal("number.ambiguous", problem.Code);
        Assert.Equal("Qty", problem.Column);
        Assert.Contains("1234 (decimal point) or 1.234 (decimal comma)", problem.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("-")]
    [InlineData("–")]
    [InlineData("n/a")]
    [InlineData("N/A")]
    [InlineData("Not Available")]
    public void a_cell_that_says_nothing_is_blank_and_not_zero(string text)
    {
        Assert.False(NumberText.TryParse(Encoding.UTF8.GetBytes(text), DecimalStyle.Unknown, out _, out var problem));

        Assert.Equal(NumberProblem.Blank, problem);
    }

    [Theory]
    [InlineData("$5", "number.symbol")]
    [InlineData("5 €", "number.symbol")]
    [InlineData("£1,234.50", "number.symbol")]
    [InlineData("EUR 100", "number.symbol")]
    [InlineData("100 EUR", "number.symbol")]
    [InlineData("12%", "number.percent")]
    [InlineData("5 kWh", "number.unit")]
    [InlineData("5l", "number.unit")]
    [InlineData("1O0", "number.letter")]
    [InlineData("l23", "number.letter")]
    [InlineData("#REF!", "cell.error")]
    [InlineData("1.2.3", "number.malformed")]
    [InlineData("1,23,45", "number.malformed")]
    [InlineData("12,3456,789", "number.malformed")]
    [InlineData("1.234,567.8", "number.malformed")]
    [InlineData("--5", "number.malformed")]
    [InlineData("-5-", "number.malformed")]
    [InlineData("(-5)", "number.malformed")]
    [InlineData("5,", "number.malformed")]
    [InlineData(".", "number.malformed")]
    [InlineData("nil", "number.malformed")]
    [InlineData("none", "number.malformed")]
    [InlineData("about 5", "number.malformed")]
    [InlineData("5 6", "number.malformed")]
    [InlineData("1e99", "number.too-long")]
    [InlineData("1e-40", "number.too-long")]
    [InlineData("0.12345678901234567890123456789", "number.too-long")]
    [InlineData("123456789012345678901234567890", "number.too-long")]
    public void a_cell_that_is_no_number_says_why(string text, string code)
    {
        Assert.False(NumberText.TryParse(Encoding.UTF8.GetBytes(text), DecimalStyle.Unknown, out _, out var problem));

        Assert.Equal(code, NumberText.Describe(problem, Encoding.UTF8.GetBytes(text), "quantity").Code);
    }

    [Theory]
    [InlineData("1,5", DecimalStyle.Point)]
    [InlineData("1.5", DecimalStyle.Comma)]
    [InlineData("1.234,5", DecimalStyle.Point)]
    public void a_number_in_the_other_style_than_was_stated_is_refused(string text, object style)
    {
        Assert.False(NumberText.TryParse(Encoding.UTF8.GetBytes(text), (DecimalStyle)style, out _, out var problem));

        Assert.Equal(NumberProblem.OtherStyle, problem);
    }

    [Fact]
    public void a_percentage_is_read_where_one_is_asked_for()
    {
        Assert.True(NumberText.TryParse("12,5 %"u8, DecimalStyle.Unknown, out var value, out _, percent: true));

        Assert.Equal(0.125m, value);
    }

    [Theory]
    [InlineData("1,5", DecimalStyle.Comma)]
    [InlineData("0,25", DecimalStyle.Comma)]
    [InlineData("1.234,56", DecimalStyle.Comma)]
    [InlineData("1.234.567", DecimalStyle.Comma)]
    [InlineData("1,234.5", DecimalStyle.Point)]
    [InlineData("2.75", DecimalStyle.Point)]
    [InlineData("1234", DecimalStyle.Unknown)]
    [InlineData("1,234", DecimalStyle.Unknown)]
    [InlineData("n/a", DecimalStyle.Unknown)]
    [InlineData("1,5,3", DecimalStyle.Unknown)]
    public void a_cell_proves_a_style_or_none(string text, object style) =>
        Assert.Equal((DecimalStyle)style, NumberText.Proof(Encoding.UTF8.GetBytes(text), out _));

    // Whatever a value looks like in print, reading it in the style it was printed in gives it back.
    [Fact]
    public void printed_numbers_are_read_back()
    {
        var random = new Random(20250131);
        for (var i = 0; i < 20_000; i++)
        {
            var value = new decimal(random.Next(), random.Next(), random.Next(0, 1 << 20), random.Next(2) == 0, (byte)random.Next(0, 20));
            var comma = random.Next(2) == 0;
            var format = new NumberFormatInfo
            {
                NumberDecimalSeparator = comma ? "," : ".",
                NumberGroupSeparator = new[] { comma ? "." : ",", "", " ", "\u202f", "'" }[random.Next(5)],
            };
            var text = value.ToString("N" + value.Scale.ToString(CultureInfo.InvariantCulture), format);

            var read = NumberText.TryParse(Encoding.UTF8.GetBytes(text), comma ? DecimalStyle.Comma : DecimalStyle.Point, out var back, out var problem);

            Assert.True(read, $"{text}: {problem}");
            Assert.Equal(value, back);
        }
    }
}
