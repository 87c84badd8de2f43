using OffGridFlow.Bench;
using OffGridFlow.Web.Cli;

var root = CommandLine.Root(EngineBench.Create(), EstimateBench.Create(), LibraryBench.Create(), Child.Create());
root.Description = "Measures what the design promises, beside the limit of this machine. Ratios within one run: seconds differ from machine to machine.";
return CommandLine.Run(root, args);
