using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Releases;

namespace OffGridFlow.App.Tests.Factors.Releases;

public sealed class ReleaseListTests : IDisposable
{
    private static readonly DateOnly Day = new(2026, 1, 31);
    private readonly SmallLibrary small = new();

    public void Dispose() => small.Dispose();

    [Fact]
    public void a_release_is_numbered_once_for_the_same_tables()
    {
        small.With("office", 2024, Diesel(2024, 2.5m));

        var first = ReleaseList.Add(small.Data, small.Load(), Day, "the first");
        var again = ReleaseList.Add(small.Data, small.Load(), Day, "nothing new");

        Assert.Equal((1, 1), (first!.Number, first.Factors));
        Assert.Null(again);
        Assert.Null(ReleaseList.Load(small.Data).Drift(small.Load().ContentHash));
    }

    [Fact]
    public void changed_tables_drift_from_the_release_until_the_next_one()
    {
        small.With("office", 2024, Diesel(2024, 2.5m));
        ReleaseList.Add(small.Data, small.Load(), Day, "the first");
        small.With("office", 2025, Diesel(2025, 2.6m));

        Assert.Contains("release 1 has", ReleaseList.Load(small.Data).Drift(small.Load().ContentHash), StringComparison.Ordinal);
        Assert.Equal(2, ReleaseList.Add(small.Data, small.Load(), Day, "2025, with a comma")!.Number);
        Assert.Equal(["the first", "2025, with a comma"], ReleaseList.Load(small.Data).Releases.Select(r => r.Note));
    }

    [Fact]
    public void a_release_is_not_older_than_the_one_before()
    {
        small.With("office", 2024, Diesel(2024, 2.5m));
        ReleaseList.Add(small.Data, small.Load(), Day, "the first");
        small.With("office", 2025, Diesel(2025, 2.6m));

        Assert.Throws<ArgumentException>(() => ReleaseList.Add(small.Data, small.Load(), Day.AddDays(-1), "too early"));
    }

    [Fact]
    public void the_content_hash_looks_at_neither_folder_nor_line_ends()
    {
        using var other = new SmallLibrary();
        foreach (var library in new[] { small, other })
        {
            library.With("office", 2024, Diesel(2024, 2.5m), Diesel(2024, 2.7m) with { Id = "office:2024:gas-oil", Kind = "fuel.gas-oil", Name = "Gas oil, \"red\"" });
        }

        var table = Path.Combine(other.Data, "factors", "office", "2024.csv");
        File.WriteAllText(table, File.ReadAllText(table).Replace("\n", "\r\n", StringComparison.Ordinal));

        Assert.Equal(small.Load().ContentHash, other.Load().ContentHash);
        Assert.Equal(small.Load().Rows.Select(row => row.Factor.Name), other.Load().Rows.Select(row => row.Factor.Name));
    }

    [Fact]
    public void the_content_hash_sees_a_digit_and_a_day_of_publication()
    {
        small.With("office", 2024, Diesel(2024, 2.5m));
        var before = small.Load().ContentHash;
        var editions = Path.Combine(small.Data, "factors", "office", "editions.csv");
        File.WriteAllText(editions, File.ReadAllText(editions).Replace("2024-06-01", "2024-06-02", StringComparison.Ordinal));
        var later = small.Load().ContentHash;
        FactorTable.Write(Path.Combine(small.Data, "factors", "office", "2024.csv"), [Diesel(2024, 2.51m)]);

        Assert.Equal(3, new[] { before, later, small.Load().ContentHash }.Distinct().Count());
    }

    private static Factor Diesel(int year, decimal co2e) => SmallLibrary.Factor("office", year, "diesel", "fuel.diesel", co2e, "L");
}
