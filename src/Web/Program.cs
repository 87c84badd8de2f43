using OffGridFlow.Web.Cli;

return CommandLine.Run(CommandLine.Root(FactorsCommand.Create(), KindsCommand.Create()), args);
