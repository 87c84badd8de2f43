using OffGridFlow.Web.Cli;

namespace OffGridFlow.App.Tests.Cli;

public sealed class HelpTests
{
    [Fact]
    public void without_arguments_the_help_is_shown()
    {
        var (code, asked, _) = Run("--help");

        Assert.Equal((CommandLine.Done, asked), (code, Run().Output));
        Assert.Contains("demo", asked, StringComparison.Ordinal);
        Assert.Contains("offgridflow [command]", asked, StringComparison.Ordinal);
        Assert.Contains("'offgridflow test' runs every test", asked, StringComparison.Ordinal);
    }

    [Fact]
    public void the_help_of_a_verb_ends_in_examples_under_the_launcher_s_name()
    {
        var (_, help, _) = Run("estimate", "--help");

        Assert.Contains("offgridflow estimate <FILE>", help, StringComparison.Ordinal);
        Assert.Contains("Examples:", help, StringComparison.Ordinal);
    }

    [Fact]
    public void an_unknown_verb_is_a_mistake_of_usage() => Assert.Equal(CommandLine.Usage, Run("estimat").Code);

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = CommandLine.Run(CommandLine.Root(DemoCommand.Create(), EstimateCommand.Create()), args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
