using System.Security.Cryptography;
using System.Text;
using OffGridFlow.Activities.Intake;
using static OffGridFlow.App.Tests.Intake.TableFixture;

namespace OffGridFlow.App.Tests.Intake;

public sealed class TextTableTests : IDisposable
{
    private readonly TableFixture files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void a_plain_table_is_read_with_its_lines_and_its_hash()
    {
        const string Text = "kind,quantity,unit,site\nfuel.diesel,12.5,L, Hull \n\n,,,\nelectricity.grid,3,kWh\n";
        using var table = files.Table(Text);

        Assert.Null(table.Problem);
        Assert.Null(table.Sha256);
        Assert.Equal(["2: fuel.diesel|12.5|L|Hull", "5: electricity.grid|3|kWh|"], Rest(table));
        Assert.Equal(2, table.BlankRows);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text))), table.Sha256);
        Assert.Equal(["kind", "quantity", "unit", "facility"], Keys(table));
        Assert.Equal(("csv", "utf-8", ',', 1), (table.Format.Kind, table.Format.Encoding, table.Format.Separator, table.Format.HeaderRow));
        Assert.False(table.Read());
    }

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public void the_separator_is_found(char separator)
    {
        using var table = files.Table($"Export, as of; today|now\nkind;quantity;unit;note\nfuel.diesel;\"1,5\";L;\"a,b|c\"\n".Replace(';', separator));

        Assert.Equal(separator, table.Format.Separator);
        Assert.Equal("1,5", Rest(table)[0].Split('|')[1]);
    }

    [Fact]
    public void excel_s_separator_hint_is_obeyed_and_is_no_row()
    {
        using var table = files.Table("sep=;\r\nkind;quantity;unit\r\nfuel.diesel;1,5;L\r\n");

        Assert.Equal(';', table.Format.Separator);
        Assert.Equal(["3: fuel.diesel|1,5|L"], Rest(table));
    }

    [Theory]
    [InlineData("utf-8", true, "utf-8")]
    [InlineData("utf-8", false, "utf-8")]
    [InlineData("utf-16", true, "utf-16le")]
    [InlineData("utf-16", false, "utf-16le")]
    [InlineData("utf-16BE", true, "utf-16be")]
    [InlineData("utf-16BE", false, "utf-16be")]
    [InlineData("windows-1252", false, "windows-1252")]
    public void every_encoding_gives_the_same_cells(string name, bool mark, string sniffed)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        using var table = files.Table("Aktivität;Menge;Einheit;Standort\nHeizöl;1,5;L;Köln – Süd\n", "t.csv", encoding, mark);

        Assert.Equal(["2: Heizöl|1,5|L|Köln – Süd"], Rest(table));
        Assert.Equal(sniffed, table.Format.Encoding);
        Assert.Equal(["kind", "quantity", "unit", "facility"], Keys(table));
    }

    [Fact]
    public void a_letter_of_windows_1252_late_in_a_large_file_decides_the_encoding_of_all_of_it()
    {
        var lines = string.Concat(Enumerable.Repeat("fuel.diesel,1.5,L,plain\n", 10_000));
        using var table = files.Table("kind,quantity,unit,note\n" + lines + "fuel.diesel,1.5,L,Köln\n", "t.csv", CodePagesEncodingProvider.Instance.GetEncoding(1252));

        Assert.Equal("10002: fuel.diesel|1.5|L|Köln", Rest(table)[^1]);
    }

    [Fact]
    public void a_character_that_straddles_two_reads_is_no_sign_of_another_encoding()
    {
        var filler = new string('x', 65_535 - "kind,quantity,unit,note\nfuel.diesel,1,L,".Length);
        using var table = files.Table($"kind,quantity,unit,note\nfuel.diesel,1,L,{filler}ü\n");

        Assert.Equal("utf-8", table.Format.Encoding);
        Assert.EndsWith("xü", Rest(table)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void quoted_line_breaks_and_doubled_quotes_belong_to_their_cell_and_lines_are_counted_through_them()
    {
        using var table = files.Table("kind,quantity,unit,note\r\nfuel.diesel,1,L,\"two\r\nlines\"\r\nfuel.petrol,2,L,\"say \"\"hi\"\"\"\r\nfuel.lpg,3,L, \"a, b\" \r\n");

        Assert.Equal(["2: fuel.diesel|1|L|two\r\nlines", "4: fuel.petrol|2|L|say \"hi\"", "5: fuel.lpg|3|L|a, b"], Rest(table));
    }

    [Fact]
    public void an_open_quote_spoils_only_its_own_line()
    {
        using var table = files.Table("kind,quantity,unit,note\nfuel.diesel,1,L,ok\nfuel.diesel,2,L,\"open\nfuel.petrol,3,L,\"fine, here\"\nfuel.lpg,4,L,\nfuel.lpg,5,L,\"two\nlines\"\n");
        var rows = Rest(table);

        Assert.Equal(["2: fuel.diesel|1|L|ok", "row.quote-unterminated 3: fuel.diesel|2|L|open", "4: fuel.petrol|3|L|fine, here", "5: fuel.lpg|4|L|", "6: fuel.lpg|5|L|two\nlines"], rows);
        Assert.NotNull(table.Sha256);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    public void an_open_quote_before_the_end_leaves_the_rows_after_it(string encoding)
    {
        var many = string.Concat(Enumerable.Range(0, 200_000).Select(i => FormattableString.Invariant($"fuel.lpg,{i},L,ü\n")));
        using var table = files.Table("kind,quantity,unit,note\nfuel.diesel,2,L,\"öpen\n\n" + many, "t.csv", Encoding.GetEncoding(encoding), mark: true);
        var rows = Rest(table);

        Assert.Equal(200_001, rows.Count);
        Assert.Equal("row.quote-unterminated 2: fuel.diesel|2|L|öpen", rows[0]);
        Assert.Equal("4: fuel.lpg|0|L|ü", rows[1]);
        Assert.Equal("200003: fuel.lpg|199999|L|ü", rows[^1]);
        Assert.Equal(1, table.BlankRows);
        Assert.NotNull(table.Sha256);
    }

    [Fact]
    public void many_open_quotes_cost_no_rows()
    {
        var lines = Enumerable.Range(0, 100).Select(i => FormattableString.Invariant($"fuel.lpg,{i},L,\"open {i}\n"));
        using var table = files.Table("kind,quantity,unit,note\n" + string.Concat(lines));
        var rows = Rest(table);

        Assert.Equal(100, rows.Count);
        Assert.All(rows, row => Assert.StartsWith("row.quote-", row, StringComparison.Ordinal));
        Assert.Equal("row.quote-unterminated 101: fuel.lpg|99|L|open 99", rows[^1]);
    }

    [Fact]
    public void a_stray_quote_is_text_and_text_after_a_closing_quote_is_a_problem()
    {
        using var table = files.Table("kind,quantity,unit,note\nfuel.diesel,1,L,6\" pipe\nfuel.diesel,2,L,\"a\"b\n");

        Assert.Equal(["2: fuel.diesel|1|L|6\" pipe", "row.quote-malformed 3: fuel.diesel|2|L|ab"], Rest(table));
    }

    [Fact]
    public void an_unquoted_decimal_comma_that_overflows_the_header_is_a_problem_of_its_row()
    {
        using var table = files.Table("kind,quantity,unit\nfuel.diesel,1,5,L\nfuel.diesel,2,L,,\n");

        Assert.Equal(["row.too-many-fields 2: fuel.diesel|1|5", "3: fuel.diesel|2|L"], Rest(table));
    }

    [Fact]
    public void standard_input_is_told_apart_by_its_content()
    {
        using var small = Piped("kind\tquantity\tunit\nfuel.diesel\t1\tL\n"u8.ToArray());
        using var large = Piped(Encoding.UTF8.GetBytes("kind,quantity,unit\n" + string.Concat(Enumerable.Repeat("fuel.diesel,1,L\n", 400_000))));

        Assert.Equal(("tsv", '\t'), (small.Format.Kind, small.Format.Separator));
        Assert.Equal(["2: fuel.diesel|1|L"], Rest(small));
        Assert.Equal(400_000, Rest(large).Count);
        Assert.Equal(64, large.Sha256!.Length);
    }

    [Theory]
    [InlineData("", "file.empty")]
    [InlineData(" \r\n \n", "file.empty")]
    [InlineData("a,b,c\n1,2,3\n", "file.header-missing")]
    [InlineData("kind,quantity\nfuel.diesel,5\n", "file.header-missing")]
    [InlineData("<html><body><table><tr><td>kind</td></tr></table></body></html>", "file.html")]
    [InlineData("\ufeff\n<!DOCTYPE html>\n<html>", "file.html")]
    [InlineData("<?xml version=\"1.0\"?><Workbook/>", "file.unreadable")]
    [InlineData("%PDF-1.7", "file.unreadable")]
    [InlineData("kind,quantity,unit\nfuel\0.diesel,1,L\n", "file.binary")]
    [InlineData("kind,quantity,unit,Quantity\nfuel.diesel,1,L,2\n", "file.column-duplicate")]
    [InlineData("kind,amount,value,unit\nfuel.diesel,1,2,L\n", "file.column-duplicate")]
    public void a_file_of_no_use_is_a_problem_and_no_exception(string text, string code)
    {
        using var table = files.Table(text, "report.xls");

        Assert.Equal(code, table.Problem?.Code);
        Assert.False(table.Read());
        Assert.NotEmpty(table.Problem!.Fix);
    }

    [Fact]
    public void a_missing_header_says_what_was_found_and_what_was_not()
    {
        using var table = files.Table("Category,Amount,Remarks\nfuel.diesel,5,x\n");

        Assert.Equal("'Category', 'Amount', 'Remarks'; nothing that means unit", table.Problem!.Found);
    }

    [Fact]
    public void a_missing_file_a_folder_and_no_input_are_problems()
    {
        Assert.Equal("file.missing", ActivityTable.Open(Path.Combine(files.Folder, "nowhere.csv")).Problem?.Code);
        Assert.Equal("file.unreadable", ActivityTable.Open(files.Folder).Problem?.Code);
        Assert.Equal("file.missing", ActivityTable.Open("-").Problem?.Code);
    }

    [Fact]
    public void tab_separated_text_saved_as_xls_is_read_as_text_with_a_note()
    {
        using var table = files.Table("kind\tquantity\tunit\nfuel.diesel\t1\tL\n", "sap.xls");

        Assert.Equal("tsv", table.Format.Kind);
        Assert.Contains(table.Format.Notes, note => note.Contains("under a workbook's name", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void every_line_ending_ends_a_line(string ending)
    {
        using var table = files.Table($"kind,quantity,unit{ending}fuel.diesel,1,L{ending}{ending}fuel.petrol,2,L{ending}");

        Assert.Equal(["2: fuel.diesel|1|L", "4: fuel.petrol|2|L"], Rest(table));
    }
}
