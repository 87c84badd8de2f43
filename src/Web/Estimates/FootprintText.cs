using System.Globalization;
using OffGridFlow.Engine.Allocation;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.Web.Estimates;

/// <summary>A footprint as a page for people: sums that add up as printed, how specific, what weighs most, what was left out.</summary>
internal static class FootprintText
{
    // Tonnes to two places: a company's smallest rows still show, and parts are rounded so that they add up to the total.
    private const int Places = 2;
    private const int LargestShown = 10;
    private const int BarWidth = 22;

    // GHG Protocol Scope 3 Standard, table 5.3.
    private static readonly string[] Categories =
    [
        "", "Purchased goods and services", "Capital goods", "Fuel- and energy-related activities", "Upstream transport and distribution",
        "Waste generated in operations", "Business travel", "Employee commuting", "Upstream leased assets",
        "Downstream transport and distribution", "Processing of sold products", "Use of sold products",
        "End-of-life treatment of sold products", "Downstream leased assets", "Franchises", "Investments",
    ];

    public static void Write(Footprint footprint, Page page)
    {
        Files(footprint, page);
        Sums(footprint, page);
        Tiers(footprint, page);
        Largest(footprint, page);
        Assumed(footprint, page);
        NotCounted(footprint, page);
    }

    /// <summary>Tonnes with two places; what would round to nothing is said to be less than that.</summary>
    public static string Tonnes(decimal tonnes, decimal exactKilograms) =>
        tonnes == 0m && exactKilograms != 0m ? "< 0.01" : tonnes.ToString("#,0.00", CultureInfo.InvariantCulture);

    private static string Tonnes(decimal kilograms) =>
        Tonnes(decimal.Round(kilograms / 1000m, Places, MidpointRounding.AwayFromZero), kilograms);

    // The end of a range is itself uncertain: three digits are all it can bear.
    private static string Rough(decimal kilograms)
    {
        var tonnes = kilograms / 1000m;
        var unit = 0.01m;
        while (Math.Abs(tonnes) >= 1000m * unit)
        {
            unit *= 10m;
        }

        return (Math.Round(tonnes / unit, MidpointRounding.AwayFromZero) * unit).ToString("#,0.##", CultureInfo.InvariantCulture);
    }

    private static void Files(Footprint footprint, Page page)
    {
        page.Heading("FILES");
        page.Faint($"  {"",-28}{"rows",8}{"calculated",13}{"estimated",12}{"excluded",11}{"duplicate",12}{"rejected",11}");
        foreach (var source in footprint.Sources)
        {
            page.Line(Counted(source.Name, source.Totals));
        }

        page.Strong(Counted("", footprint.Totals));

        static string Counted(string name, Totals totals) =>
            $"  {Page.Left(name, 28)}{Page.Count(totals.RowCount),8}{Of(totals, Disposition.Calculated),13}{Of(totals, Disposition.Estimated),12}"
            + $"{Of(totals, Disposition.Excluded),11}{Of(totals, Disposition.Duplicate),12}{Of(totals, Disposition.Rejected),11}";

        static string Of(Totals totals, Disposition disposition) => Page.Count(totals.Rows[(int)disposition]);
    }

    private static void Sums(Footprint footprint, Page page)
    {
        var sums = footprint.Totals.ByScope();
        var parts = sums.Where(sum => sum.Basis != Basis.Market).ToList();
        var printed = LargestRemainder.Round(parts.Select(sum => sum.Co2eKg / 1000m).ToList(), Places);
        var total = printed.Sum();
        page.Heading("FOOTPRINT");
        page.Faint($"  {"",-52}{"t CO2e",12}   share");
        for (var i = 0; i < parts.Count; i++)
        {
            var sum = parts[i];
            if (sum.Scope == 3 && (i == 0 || parts[i - 1].Scope != 3))
            {
                var scope3 = Enumerable.Range(0, parts.Count).Where(j => parts[j].Scope == 3).ToList();
                page.Strong(Row("Scope 3  Value chain", scope3.Sum(j => printed[j]), scope3.Sum(j => parts[j].Co2eKg), bar: false));
            }

            var row = Row(Label(sum), printed[i], sum.Co2eKg);
            if (sum.Scope == 3)
            {
                page.Line(row);
            }
            else
            {
                page.Strong(row);
            }
        }

        var (location, _) = footprint.Totals.Total(market: false);
        page.Line($"  {new string('─', Page.Width - 2)}");
        page.Strong($"  {"Total, Scope 2 location-based",-52}{Tonnes(total, location.Value),12}   95 % range {Rough(location.Low)} to {Rough(location.High)}");
        if (sums.Where(sum => sum.Basis == Basis.Market).ToList() is { Count: > 0 } market)
        {
            // Beside the location-based figure, never added to it (Scope 2 Guidance ch. 7).
            var marketKg = market.Sum(sum => sum.Co2eKg);
            var marketPrinted = decimal.Round(marketKg / 1000m, Places, MidpointRounding.AwayFromZero);
            var locationPrinted = Enumerable.Range(0, parts.Count).Where(i => parts[i].Basis == Basis.Location).Sum(i => printed[i]);
            var (byMarket, _) = footprint.Totals.Total(market: true);
            page.Line($"  {"Scope 2 by the market-based method instead",-52}{Tonnes(marketPrinted, marketKg),12}");
            page.Strong($"  {"Total, Scope 2 market-based",-52}{Tonnes(total - locationPrinted + marketPrinted, byMarket.Value),12}   95 % range {Rough(byMarket.Low)} to {Rough(byMarket.High)}");
        }

        if (parts.Sum(sum => sum.BiogenicCo2Kg) is not 0m and var biogenic)
        {
            page.Line($"  {"Biogenic CO2, outside the scopes, t CO2",-52}{Tonnes(biogenic),12}");
        }

        string Row(string label, decimal tonnes, decimal kilograms, bool bar = true) =>
            $"  {Page.Left(label, 52)}{Tonnes(tonnes, kilograms),12}{Figures.Percent(kilograms, parts.Sum(part => part.Co2eKg)),9}  {(bar ? Page.Bar(kilograms, parts.Max(part => part.Co2eKg), BarWidth) : "")}".TrimEnd();
    }

    private static string Label(Totals.Sum sum) => sum switch
    {
        { Scope: 1 } => "Scope 1  Fuel, vehicles, leaks and processes",
        { Scope: 2 } => "Scope 2  Purchased energy, location-based",
        { Category: { } category } => string.Create(CultureInfo.InvariantCulture, $"     {category,2}  {Categories[category]}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"Scope {sum.Scope}"),
    };

    private static void Tiers(Footprint footprint, Page page)
    {
        page.Heading("HOW SPECIFIC THE FACTORS ARE");
        var tiers = footprint.Totals.ByTier();
        var all = tiers.Sum(tier => Math.Abs(tier.Co2eKg));
        foreach (var (tier, kilograms) in tiers)
        {
            page.Line($"  {Page.Left(tier.ToString().ToLowerInvariant(), 13)}{Page.Left(Meaning(tier), 39)}{Tonnes(kilograms),12}{Figures.Percent(Math.Abs(kilograms), all),9}  {Page.Bar(Math.Abs(kilograms), all, BarWidth)}".TrimEnd());
        }
    }

    private static string Meaning(Tier tier) => tier switch
    {
        Tier.Supplier => "a figure that the row brought along",
        Tier.Facility => "of the site itself",
        Tier.Subnational => "of the state or grid region",
        Tier.Country => "of the country",
        Tier.Region => "of a group of countries",
        Tier.World => "of the world, or a place standing in",
        Tier.Spend => "by money: an industry's average",
    };

    private static void Largest(Footprint footprint, Page page)
    {
        page.Heading("THE TEN LARGEST ROWS");
        page.Faint($"  {"t CO2e",10}  {"what",-34}{"how much",16}  {"where",-9}file and row");
        foreach (var line in footprint.Lines.OrderByDescending(line => Math.Abs(line.Co2eKg)).Take(LargestShown))
        {
            page.Line($"  {Tonnes(line.Co2eKg),10}  {Page.Left(line.Kind, 34)}{line.Amount,16}  {Page.Left(line.Region, 9)}{At(line)}");
        }
    }

    private static void Assumed(Footprint footprint, Page page)
    {
        var estimated = footprint.Lines.Where(line => line.Disposition == Disposition.Estimated).ToList();
        if (estimated.Count == 0)
        {
            return;
        }

        page.Heading("ESTIMATED, AND WHY");
        foreach (var group in estimated.SelectMany(line => line.Notes.DistinctBy(note => note.Code).Select(note => (Line: line, Note: note)))
            .GroupBy(pair => pair.Note.Code, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal))
        {
            var (line, note) = group.MaxBy(pair => Math.Abs(pair.Line.Co2eKg));
            page.Line($"  {Page.Count(group.Count()),4} {(group.Count() == 1 ? "row " : "rows")}{Tonnes(group.Sum(pair => pair.Line.Co2eKg)),12} t  {group.Key}, such as");
            page.Wrapped($"{At(line)}: {note.Text}", 13);
        }
    }

    private static void NotCounted(Footprint footprint, Page page)
    {
        var left = footprint.Lines.Where(line => line.Disposition is Disposition.Rejected or Disposition.Excluded or Disposition.Duplicate).ToList();
        if (left.Count == 0)
        {
            return;
        }

        page.Heading("NOT COUNTED, AND WHY");
        foreach (var line in left.OrderByDescending(line => line.Disposition))
        {
            var what = $"{Page.Left(At(line), 22)}{$"{line.Kind} {line.Amount}".Trim()}";
            if (line.Problem is { } problem)
            {
                page.Warn($"  rejected   {what}");
                page.Wrapped($"{problem.Code}: {problem.Column} is '{problem.Found}', expected {problem.Expected}. {problem.Fix}", 13);
            }
            else
            {
                page.Line($"  {line.Disposition.ToString().ToLowerInvariant(),-9}  {what}{(line.Kind.Length > 0 ? ", " : "")}{Why(line.Reason)}");
            }
        }
    }

    private static string? Why(string? reason) => reason switch
    {
        "total" => "a total of other rows",
        "repeated-header" => "the header once more",
        _ => reason,
    };

    private static string At(Footprint.Line line) => string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(line.Path)} {line.Row}");
}
