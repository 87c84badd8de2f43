using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Activities.Connectors;
using OffGridFlow.Activities.Evidence;
using OffGridFlow.Activities.Flags;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Activities.Records;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities;

/// <summary>What the module adds to the program: its services, job handlers and subscribers, and its endpoints.</summary>
public static class ActivitiesModule
{
    /// <summary>Needs the database, the file store, the library, the clock, the way out and the seals.</summary>
    public static IServiceCollection AddActivities(this IServiceCollection services) => services
        .AddSingleton<ActivityQueries>()
        .AddSingleton<IPruning, PruneUploads>()
        .AddSingleton<IJobHandler, ReadImport>()
        .AddSingleton<IJobHandler, UndoImport>()
        .AddSingleton<IJobHandler, PlacedRows>()
        .AddSingleton<IJobHandler, FindDuplicates>()
        .AddSingleton<IJobHandler, ProposeSynonyms>()
        .AddSingleton<IJobHandler, TidyFiles>()
        .AddConnectors();

    /// <param name="api">The group <c>/api/v1</c>, behind authentication.</param>
    public static IEndpointRouteBuilder MapActivities(this IEndpointRouteBuilder api)
    {
        var imports = api.MapGroup("/imports").WithTags("Imports").Needing(Permission.ActivitiesRead, Permission.ImportsWrite);
        PostImport.Map(imports);
        PreviewImport.Map(imports);
        ShowImports.Map(imports);
        ShowRow.Map(imports);
        RejectedCsv.Map(imports);
        UndoImport.Map(imports);
        PlaceRows.Map(imports);
        Uploads.Map(api.MapGroup("/uploads").WithTags("Imports").Needing(Permission.ActivitiesRead, Permission.ImportsWrite));
        ImportTemplates.Map(api.MapGroup("/import-templates").WithTags("Imports").Needing(Permission.ActivitiesRead, Permission.ImportsWrite));
        KindSynonyms.Map(api.MapGroup("/kind-synonyms").WithTags("Imports").Needing(Permission.ActivitiesRead, Permission.ImportsWrite));
        SynonymProposals.Map(api.MapGroup("/synonym-proposals").WithTags("Imports").Needing(Permission.ActivitiesRead, Permission.ImportsWrite));
        var activities = api.MapGroup("/activities").WithTags("Activities").Needing(Permission.ActivitiesRead, Permission.ActivitiesWrite);
        RecordActivities.Map(activities);
        StreamActivities.Map(activities);
        ShowActivities.Map(activities);
        ChangeActivity.Map(activities);
        EvidenceFiles.Map(activities);
        var flags = api.MapGroup("/flags").WithTags("Flags").Needing(Permission.ActivitiesRead, Permission.ActivitiesWrite);
        ShowFlags.Map(flags);
        ResolveFlag.Map(flags);
        api.MapConnectors();
        return api;
    }
}
