using System.Globalization;
using System.Text;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.App.Tests.Intake;

public sealed class DateTextTests
{
    [Theory]
    [InlineData("2025-01-31", "2025-01-31")]
    [InlineData("2025-1-3", "2025-01-03")]
    [InlineData("2025/01/31", "2025-01-31")]
    [InlineData("20250131", "2025-01-31")]
    [InlineData("2025-01-31T23:59:59Z", "2025-01-31")]
    [InlineData("2025-01-31 08:15", "2025-01-31")]
    [InlineData("31.01.2025", "2025-01-31")]
    [InlineData("3.4.2025", "2025-04-03")]
    [InlineData("03.04.25", "2025-04-03")]
    [InlineData("31/01/2025", "2025-01-31")]
    [InlineData("1/31/2025", "2025-01-31")]
    [InlineData("12/31/10", "2010-12-31")]
    [InlineData("3/26/13 1:41 PM", "2013-03-26")]
    [InlineData("05/05/2025", "2025-05-05")]
    [InlineData("31-Jan-2025", "2025-01-31")]
    [InlineData("31 January 2025", "2025-01-31")]
    [InlineData("Jan 31, 2025", "2025-01-31")]
    [InlineData("1st March 2025", "2025-03-01")]
    [InlineData("1. März 2025", "2025-03-01")]
    [InlineData("15 août 2025", "2025-08-15")]
    [InlineData("1 de enero de 2025", "2025-01-01")]
    [InlineData("45688", "2025-01-31")]
    [InlineData("45688.75", "2025-01-31")]
    [InlineData("2024-02-29", "2024-02-29")]
    public void a_date_that_has_one_reading_is_one_day(string text, string day)
    {
        Assert.True(DateText.TryParse(Encoding.UTF8.GetBytes(text), DateOrder.Unknown, out var period, out var problem), problem.ToString());

        Assert.Equal(new Period(Day(day), Day(day)), period);
    }

    [Theory]
    [InlineData("2025", "2025-01-01", "2025-12-31")]
    [InlineData("CY2025", "2025-01-01", "2025-12-31")]
    [InlineData("2024-02", "2024-02-01", "2024-02-29")]
    [InlineData("2025/03", "2025-03-01", "2025-03-31")]
    [InlineData("03/2025", "2025-03-01", "2025-03-31")]
    [InlineData("202503", "2025-03-01", "2025-03-31")]
    [InlineData("Mar 2025", "2025-03-01", "2025-03-31")]
    [InlineData("Mar-25", "2025-03-01", "2025-03-31")]
    [InlineData("2025 März", "2025-03-01", "2025-03-31")]
    [InlineData("2025M03", "2025-03-01", "2025-03-31")]
    [InlineData("2025Q1", "2025-01-01", "2025-03-31")]
    [InlineData("2025-Q4", "2025-10-01", "2025-12-31")]
    [InlineData("Q2 2025", "2025-04-01", "2025-06-30")]
    [InlineData("3Q25", "2025-07-01", "2025-09-30")]
    [InlineData("H2 2025", "2025-07-01", "2025-12-31")]
    [InlineData("2025-W01", "2024-12-30", "2025-01-05")]
    public void a_year_a_quarter_a_month_and_a_week_are_their_first_and_last_day(string text, string first, string last)
    {
        Assert.True(DateText.TryParse(Encoding.UTF8.GetBytes(text), DateOrder.Unknown, out var period, out var problem), problem.ToString());

        Assert.Equal(new Period(Day(first), Day(last)), period);
    }

    [Theory]
    [InlineData(DateOrder.DayMonth, "2025-04-03")]
    [InlineData(DateOrder.MonthDay, "2025-03-04")]
    public void a_doubtful_date_is_read_in_the_order_of_its_column(object order, string day)
    {
        Assert.True(DateText.TryParse("03/04/2025"u8, (DateOrder)order, out var period, out _));

        Assert.Equal(Day(day), period.First);
    }

    [Theory]
    [InlineData("03/04/2025", DateOrder.Unknown)]
    [InlineData("03-04-2025", DateOrder.Mixed)]
    public void a_doubtful_date_is_never_guessed(string text, object order)
    {
        Assert.False(DateText.TryParse(Encoding.UTF8.GetBytes(text), (DateOrder)order, out _, out var problem));

        Assert.Equal(DateProblem.Ambiguous, problem);
        Assert.Contains("2025-04-03 (day first) or 2025-03-04 (month first)", DateText.Describe(problem, Encoding.UTF8.GetBytes(text), "start").Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "date.blank")]
    [InlineData("n/a", "date.blank")]
    [InlineData("FY2025", "date.fiscal-year")]
    [InlineData("FY24/25", "date.fiscal-year")]
    [InlineData("2024/25", "date.fiscal-year")]
    [InlineData("2025-02-29", "date.impossible")]
    [InlineData("31.02.2025", "date.impossible")]
    [InlineData("13/13/2025", "date.impossible")]
    [InlineData("1025-01-01", "date.impossible")]
    [InlineData("2025Q5", "date.impossible")]
    [InlineData("31-12-25", "date.year")]
    [InlineData("12/31/75", "date.year")]
    [InlineData("#VALUE!", "cell.error")]
    [InlineData("last month", "date.malformed")]
    [InlineData("5 Mar", "date.malformed")]
    [InlineData("12:30", "date.malformed")]
    public void a_cell_that_is_no_date_says_why(string text, string code)
    {
        Assert.False(DateText.TryParse(Encoding.UTF8.GetBytes(text), DateOrder.Unknown, out _, out var problem));

        Assert.Equal(code, DateText.Describe(problem, Encoding.UTF8.GetBytes(text), "start").Code);
    }

    [Theory]
    [InlineData("FY2025", 4, "2024-04-01", "2025-03-31")]
    [InlineData("FY2024/25", 4, "2024-04-01", "2025-03-31")]
    [InlineData("2024-25", 4, "2024-04-01", "2025-03-31")]
    [InlineData("FY25", 1, "2025-01-01", "2025-12-31")]
    public void a_fiscal_year_is_read_once_its_first_month_is_known(string text, int month, string first, string last)
    {
        Assert.True(DateText.TryParse(Encoding.UTF8.GetBytes(text), DateOrder.Unknown, out var period, out _, month));

        Assert.Equal(new Period(Day(first), Day(last)), period);
    }

    [Fact]
    public void every_day_of_a_leap_year_is_read_back_from_every_form()
    {
        string[] forms = ["yyyy-MM-dd", "dd.MM.yyyy", "d.M.yyyy", "yyyyMMdd", "dd-MMM-yyyy", "MMMM d, yyyy", "yyyy/M/d", "yyyy-MM-ddTHH:mm:ss"];
        for (var day = Day("2024-01-01"); day.Year == 2024; day = day.AddDays(1))
        {
            foreach (var form in forms)
            {
                var text = day.ToDateTime(new TimeOnly(13, 5)).ToString(form, CultureInfo.InvariantCulture);

                Assert.True(DateText.TryParse(Encoding.UTF8.GetBytes(text), DateOrder.Unknown, out var period, out var problem), $"{text}: {problem}");
                Assert.Equal(day, period.Last);
            }
        }
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
