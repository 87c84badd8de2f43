using OffGridFlow.Web.Estimates;

namespace OffGridFlow.App.Tests.Estimates;

public sealed class QualityTextTests
{
    [Theory]
    [InlineData("1", "quality", 1)]
    [InlineData("5", "Datenqualität", 5)]
    [InlineData("Actual", "quality", 2)]
    [InlineData("estimated", "quality", 4)]
    [InlineData("No", "Estimation", 2)]
    [InlineData("Yes", "Estimated?", 4)]
    public void what_meters_and_people_say_is_read(string text, string column, int quality) => Assert.Equal(quality, QualityText.Read(text, column));

    [Theory]
    [InlineData("Yes", "quality")]
    [InlineData("0", "quality")]
    [InlineData("6", "quality")]
    [InlineData("rather good, I would say", "Estimation")]
    public void what_means_neither_is_not_guessed(string text, string column) => Assert.Null(QualityText.Read(text, column));
}
