using OffGridFlow.Activities.Intake;
using static OffGridFlow.App.Tests.Intake.TableFixture;

namespace OffGridFlow.App.Tests.Intake;

public sealed class HeaderTests : IDisposable
{
    private readonly TableFixture files = new();

    public void Dispose() => files.Dispose();

    [Theory]
    [InlineData("Activity,Amount,UOM,Date From,Date to", "kind,quantity,unit,start,end")]
    [InlineData("Kategorie,Menge,Einheit,Von,Bis", "kind,quantity,unit,start,end")]
    [InlineData("Type,QTY,Units,startDate,end-date", "kind,quantity,unit,start,end")]
    [InlineData("kind *,quantity:,unit,From,To,Class", "kind,quantity,unit,from,to,class")]
    [InlineData("category,consumption,uom,from date,to date,Cost Centre", "kind,quantity,unit,start,end,cost_centre")]
    [InlineData("kind,type,quantity,amount,unit", "kind,type,quantity,amount,unit")]
    [InlineData("kind,quantity,unit,note,note", "")]
    [InlineData("kind,quantity,unit,Gate,Gate", "kind,quantity,unit,gate,gate_2")]
    [InlineData("kind,quantity,,unit", "kind,quantity,column_3,unit")]
    [InlineData("kind,quantity,unit,month,year", "kind,quantity,unit,month,year")]
    public void columns_are_known_by_their_names(string header, string keys)
    {
        using var table = files.Table(header + "\nx,1,y\n");

        Assert.Equal(keys.Length == 0 ? [] : keys.Split(','), table.Problem is null ? Keys(table) : []);
    }

    [Fact]
    public void title_rows_above_the_header_are_passed_over()
    {
        using var table = files.Table("Energy report 2025\nprepared by,Facilities\n\nkind,quantity,unit,Extra\nfuel.diesel,1,L,z\n");

        Assert.Equal(4, table.Format.HeaderRow);
        Assert.Equal(["kind", "quantity", "unit", "extra"], Keys(table));
        Assert.Equal(["5: fuel.diesel|1|L|z"], Rest(table));
    }

    [Fact]
    public void a_header_below_the_thirtieth_row_is_missing()
    {
        using var table = files.Table(string.Concat(Enumerable.Repeat("title\n", 30)) + "kind,quantity,unit\nfuel.diesel,1,L\n");

        Assert.Equal("file.header-missing", table.Problem?.Code);
    }

    [Theory]
    [InlineData("Kind,Period,,Quantity,Unit\n,Start,End,,\n")]
    [InlineData("Activity data,,,,\nPeriod,,Quantity,Unit,Kind\nStart,End,,,\n")]
    [InlineData("Kind,,Billing,,Consumption\n,Site,Start,End,Amount,Unit\n")]
    public void a_header_of_two_lines_is_combined(string header)
    {
        using var table = files.Table(header + "a,b,c,d,e,f\n");

        Assert.Null(table.Problem);
        Assert.Superset(new HashSet<string>(["kind", "start", "end", "quantity", "unit"], StringComparer.Ordinal), Keys(table).ToHashSet(StringComparer.Ordinal));
        Assert.Single(Rest(table));
    }

    [Fact]
    public void a_unit_in_the_header_is_a_column_of_its_own()
    {
        using var table = files.Table("kind,Consumption (kWh)\nelectricity.grid,5\n");

        Assert.Equal(["2: electricity.grid|5|kWh"], Rest(table));
        Assert.Equal(2, table.ColumnOf("unit"));
        Assert.Contains(table.Format.Notes, note => note.Contains("'kWh'", StringComparison.Ordinal));
    }

    [Fact]
    public void a_totals_row_is_returned_and_marked()
    {
        using var table = files.Table("Site,kind,quantity,unit\nA,fuel.diesel,1,L\nGrand Total:,,1,\nSumme,,1,L\nTotal diesel,,1,L\nTotal Energies,fuel.diesel,1,L\n");

        Assert.Equal(["2: A|fuel.diesel|1|L", "total 3: Grand Total:||1|", "total 4: Summe||1|L", "total 5: Total diesel||1|L", "6: Total Energies|fuel.diesel|1|L"], Rest(table));
    }

    [Fact]
    public void a_total_in_the_kind_column_is_a_total_and_a_name_that_begins_so_is_not()
    {
        using var table = files.Table("kind,quantity,unit\nGESAMT,3,\nTotal heat,4,kWh\n");

        Assert.Equal(["total 2: GESAMT|3|", "3: Total heat|4|kWh"], Rest(table));
    }

    [Fact]
    public void a_repeated_header_is_returned_and_marked()
    {
        using var table = files.Table("Kind,Quantity,Unit\nfuel.diesel,1,L\nkind,quantity,unit\nfuel.diesel,2,L\n");

        Assert.Equal(["2: fuel.diesel|1|L", "header 3: kind|quantity|unit", "4: fuel.diesel|2|L"], Rest(table));
    }

    [Fact]
    public void a_scrap_of_a_header_is_a_problem_of_its_row()
    {
        using var table = files.Table("kind,quantity,unit,x,y\nfuel.diesel,1,L,a,b\n,,,Start,End\n");

        Assert.Equal("row.header-debris 3: |||Start|End", Rest(table)[^1]);
    }

    [Fact]
    public void the_shipped_names_are_sound_and_name_every_known_column()
    {
        string[] all = ["kind", "quantity", "unit", "id", "region", "start", "end", "facility", "entity", "supplier", "instrument", "from", "to", "class", "passengers", "currency", "price_year", "factor", "factor_value", "quality", "note"];

        Assert.All(all, name => Assert.Equal((name, 1), KnownColumns.Shipped.Find(name)));
    }

    [Fact]
    public void a_name_that_stands_for_two_columns_is_an_error_of_its_line()
    {
        var path = files.Write("columns.csv", "column,rank,names\nkind,1,kind;art\nquantity,1,Art\n");

        var error = Assert.Throws<InvalidDataException>(() => KnownColumns.Load(path));

        Assert.Contains("line 3", error.Message, StringComparison.Ordinal);
    }
}
