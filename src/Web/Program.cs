using OffGridFlow.Web.Cli;

return CommandLine.Run(
    CommandLine.Root(DemoCommand.Create(), EstimateCommand.Create(), FactorsCommand.Create(), KindsCommand.Create(), MigrateCommand.Create()),
    args);
