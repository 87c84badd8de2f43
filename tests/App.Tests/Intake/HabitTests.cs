using OffGridFlow.Activities.Intake;
using static OffGridFlow.App.Tests.Intake.TableFixture;

namespace OffGridFlow.App.Tests.Intake;

public sealed class HabitTests : IDisposable
{
    private readonly TableFixture files = new();

    public void Dispose() => files.Dispose();

    [Theory]
    [InlineData("1,234|1,5", "1.234|1.5", "Comma")]
    [InlineData("1,234|1.234,56", "1.234|1234.56", "Comma")]
    [InlineData("1,234|1,234.5", "1234|1234.5", "Point")]
    [InlineData("1.234|0,25", "1234|0.25", "Comma")]
    [InlineData("1.234|7", "number.ambiguous|7", "Unknown")]
    [InlineData("1,234|", "number.ambiguous|blank", "Unknown")]
    [InlineData("1,234|1,5|1.5", "number.ambiguous|1.5|1.5", "Mixed")]
    public void a_doubtful_number_is_decided_by_the_rest_of_its_column(string cells, string outcomes, string style)
    {
        using var table = files.Table("kind;quantity;unit\n" + string.Concat(cells.Split('|').Select(cell => $"fuel.diesel;{cell};L\n")));

        Assert.Equal(outcomes.Split('|'), Quantities(table));
        Assert.Equal(style, table.Format.Decimals.ToString());
    }

    [Fact]
    public void proof_far_below_decides_a_number_at_the_top()
    {
        var filler = string.Concat(Enumerable.Repeat("fuel.diesel;7;L\n", 5000));
        using var table = files.Table("kind;quantity;unit\nfuel.diesel;1,234;L\n" + filler + "fuel.diesel;1,5;L\n");

        Assert.Equal("1.234", Quantities(table)[0]);
    }

    [Fact]
    public void contrary_proof_far_below_leaves_a_number_in_doubt()
    {
        var filler = string.Concat(Enumerable.Repeat("fuel.diesel;7;L\n", 5000));
        using var table = files.Table("kind;quantity;unit\nfuel.diesel;2.5;L\nfuel.diesel;1,234;L\n" + filler + "fuel.diesel;1,5;L\n");

        Assert.Equal("number.ambiguous", Quantities(table)[1]);
    }

    [Fact]
    public void another_number_column_of_the_file_is_proof_where_the_column_has_none()
    {
        using var table = files.Table("kind;quantity;unit;factor value\nfuel.diesel;1,234;L;2,51\n");

        Assert.Equal(["1.234"], Quantities(table));
    }

    [Fact]
    public void the_owner_s_word_decides()
    {
        using var table = files.Table("kind;quantity;unit\nfuel.diesel;1,234;L\nfuel.diesel;1,5;L\n", options: new IntakeOptions(Decimals: DecimalStyle.Point));

        Assert.Equal(["1234", "number.style"], Quantities(table));
    }

    [Theory]
    [InlineData("03/04/2025|25/12/2025", "2025-04-03|2025-12-25")]
    [InlineData("03/04/2025|12/25/2025", "2025-03-04|2025-12-25")]
    [InlineData("03/04/2025|03/04/2025", "date.ambiguous|date.ambiguous")]
    [InlineData("03/04/2025|25/12/2025|12/25/2025", "date.ambiguous|2025-12-25|2025-12-25")]
    [InlineData("03.04.2025|2025-Q1|45688", "2025-04-03|2025-01-01|2025-01-31")]
    public void a_doubtful_date_is_decided_by_the_rest_of_its_column(string cells, string outcomes)
    {
        using var table = files.Table("kind;quantity;unit;start\n" + string.Concat(cells.Split('|').Select(cell => $"fuel.diesel;1;L;{cell}\n")));

        Assert.Equal(outcomes.Split('|'), Starts(table));
    }

    [Fact]
    public void the_end_column_is_proof_for_the_start_column()
    {
        using var table = files.Table("kind;quantity;unit;start;end\nfuel.diesel;1;L;01/02/2025;28/02/2025\n");

        Assert.Equal(["2025-02-01"], Starts(table));
        Assert.Equal(DateOrder.DayMonth, table.Format.Dates);
    }
}
