using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Pages.Account;
using OffGridFlow.Web.Pages.Audit;
using OffGridFlow.Web.Pages.Billing;
using OffGridFlow.Web.Pages.Directories;
using OffGridFlow.Web.Pages.Entries;
using OffGridFlow.Web.Pages.Governance;
using OffGridFlow.Web.Pages.Home;
using OffGridFlow.Web.Pages.Imports;
using OffGridFlow.Web.Pages.Keys;
using OffGridFlow.Web.Pages.Members;
using OffGridFlow.Web.Pages.Projects;
using OffGridFlow.Web.Pages.Providers;
using OffGridFlow.Web.Pages.Reports;
using OffGridFlow.Web.Pages.Roles;
using OffGridFlow.Web.Pages.SignIn;
using OffGridFlow.Web.Pages.Sources;
using OffGridFlow.Web.Pages.Statement;
using OffGridFlow.Web.Trust;

namespace OffGridFlow.Web.Pages;

/// <summary>The pages for people: HTML made on the server, from the same slices and queries as the API.</summary>
internal static class PagesModule
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton<PageFiles>();
        services.AddSingleton<ReadOverview>();
        services.AddSingleton<ReadEntries>();
        services.AddSingleton<ExplainEntry>();
        services.AddSingleton<ImportStates>();
        services.AddSingleton<SourcePages>();
        services.AddSingleton<BrowserSessions>();
        return services;
    }

    public static void MapPages(this WebApplication app)
    {
        app.Services.GetRequiredService<PageFiles>().Serve(app);
        var pages = app.MapGroup("").ExcludeFromDescription();
        HomePage.Map(pages.MapGroup("").Needing(Permission.LedgerRead));
        EntryPages.Map(pages.MapGroup("").Needing(Permission.LedgerRead));
        ImportPages.Map(pages.MapGroup("").Needing(Permission.ActivitiesRead, Permission.ImportsWrite));
        StatementPages.Map(pages.MapGroup("").Needing(Permission.LedgerRead));
        ReportPages.Map(pages);
        SourcePages.Map(pages);
        AuditPages.Map(pages.MapGroup("").Needing(Permission.AuditRead));
        GovernancePages.Map(pages);
        ShowTrust.Map(pages);
        SignInPages.Map(pages);
        ProviderPages.Map(pages);
        LetterPages.Map(pages);
        AccountPages.Map(pages);
        MemberPages.Map(pages);
        RolePages.Map(pages);
        ProjectPages.Map(pages);
        KeyPages.Map(pages);
        DirectoryPages.Map(pages);
        ProviderSetupPages.Map(pages);
        BillingPages.Map(pages);
    }
}
