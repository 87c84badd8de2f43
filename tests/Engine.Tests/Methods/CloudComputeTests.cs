using OffGridFlow.Engine.Methods;

namespace OffGridFlow.Engine.Tests.Methods;

public sealed class CloudComputeTests
{
    [Fact]
    public void an_idle_server_draws_its_minimum_and_a_busy_one_its_maximum()
    {
        Assert.Equal(0.74m, CloudCompute.Watts(0.74m, 3.5m, 0m));
        Assert.Equal(3.5m, CloudCompute.Watts(0.74m, 3.5m, 1m));
        Assert.Equal(2.12m, CloudCompute.Watts(0.74m, 3.5m, CloudCompute.UsualUtilisation));
    }

    [Fact]
    public void an_hour_of_two_average_aws_vcpus_is_4_24_watt_hours_times_the_pue() =>
        Assert.Equal(0.0048124m, CloudCompute.KilowattHours(2 * CloudCompute.Watts(0.74m, 3.5m, 0.5m), 1m, 1.135m));

    [Fact]
    public void energy_is_linear_in_hours() => Assert.Equal(
        24 * CloudCompute.KilowattHours(100m, 1m, 1.1m), CloudCompute.KilowattHours(100m, 24m, 1.1m));

    [Fact]
    public void four_years_of_the_whole_server_are_all_of_its_making()
    {
        Assert.Equal(1200m, 35_040m * CloudCompute.EmbodiedKilogramsPerHour(1200m, 96m, 96m), 20);
        Assert.Equal(4 * 365 * 24, CloudCompute.ServerLifeHours);
    }

    [Fact]
    public void instances_that_fill_a_server_share_all_of_it() => Assert.Equal(
        CloudCompute.EmbodiedKilogramsPerHour(1200m, 96m, 96m),
        48 * CloudCompute.EmbodiedKilogramsPerHour(1200m, 2m, 96m), 20);

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(50)]
    public void a_utilisation_is_a_fraction_and_no_percentage(double utilisation) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CloudCompute.Watts(1m, 2m, (decimal)utilisation));

    [Fact]
    public void what_cannot_be_is_an_error()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CloudCompute.Watts(2m, 1m, 0.5m));
        Assert.Throws<ArgumentOutOfRangeException>(() => CloudCompute.KilowattHours(1m, 1m, 0.9m));
        Assert.Throws<ArgumentOutOfRangeException>(() => CloudCompute.KilowattHours(1m, -1m, 1.1m));
        Assert.Throws<ArgumentOutOfRangeException>(() => CloudCompute.EmbodiedKilogramsPerHour(1000m, 3m, 2m));
        Assert.Throws<ArgumentOutOfRangeException>(() => CloudCompute.EmbodiedKilogramsPerHour(1000m, 0m, 2m));
    }
}
