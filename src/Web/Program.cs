using OffGridFlow.Web.Cli;

return CommandLine.Run(
    CommandLine.Root(EstimateCommand.Create(), FactorsCommand.Create(), KindsCommand.Create()),
    args);
