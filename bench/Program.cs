using OffGridFlow.Bench;
using OffGridFlow.Web.Cli;

return CommandLine.Run(
    CommandLine.Root(
        "offgridflow bench",
        "Measures what the design promises, beside the limit of this machine. Ratios within one run: seconds differ from machine to machine.",
        EngineBench.Create(),
        EstimateBench.Create(),
        LibraryBench.Create(),
        SearchBench.Create(),
        StartBench.Create(),
        ImportBench.Create(),
        ReadBench.Create(),
        RecalcBench.Create(),
        AuthBench.Create(),
        AuditBench.Create(),
        Child.Create()),
    args);
