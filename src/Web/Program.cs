using System.CommandLine;
using OffGridFlow.Web.Cli;

return CommandLine.Run(CommandLine.Root(EstimateCommand.Create()), args);
