using OffGridFlow.Web.Cli;

return CommandLine.Run(
    CommandLine.Root(
        ServerCommands.Up(), DownCommand.Create(), StatusCommand.Create(), ServerCommands.Serve(), ServerCommands.Work(), MigrateCommand.Create(),
        TenantCommand.Create(), AuditCommand.Create(), BreachCommand.Create(), KeysCommand.Create(), ImportCommand.Create(), BundleCommand.Create(), VerifyCommand.Create(),
        DemoCommand.Create(), EstimateCommand.Create(), FactorsCommand.Create(), KindsCommand.Create()),
    args);
