using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Activities.Evidence;
using OffGridFlow.Activities.Flags;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Activities.Records;
using OffGridFlow.Platform.Messaging;

namespace OffGridFlow.Activities;

/// <summary>What the module adds to the program: its services, job handlers and subscribers, and its endpoints.</summary>
public static class ActivitiesModule
{
    /// <summary>Needs the database, the file store, the library and the clock.</summary>
    public static IServiceCollection AddActivities(this IServiceCollection services) => services
        .AddSingleton<ActivityQueries>()
        .AddSingleton<IPruning, PruneUploads>()
        .AddSingleton<IJobHandler, ReadImport>()
        .AddSingleton<IJobHandler, UndoImport>()
        .AddSingleton<IJobHandler, PlacedRows>()
        .AddSingleton<IJobHandler, FindDuplicates>()
        .AddSingleton<IJobHandler, ProposeSynonyms>()
        .AddSingleton<IJobHandler, TidyFiles>();

    /// <param name="api">The group <c>/api/v1</c>, behind authentication.</param>
    public static IEndpointRouteBuilder MapActivities(this IEndpointRouteBuilder api)
    {
        var imports = api.MapGroup("/imports").WithTags("Imports");
        PostImport.Map(imports);
        PreviewImport.Map(imports);
        ShowImports.Map(imports);
        ShowRow.Map(imports);
        RejectedCsv.Map(imports);
        UndoImport.Map(imports);
        PlaceRows.Map(imports);
        Uploads.Map(api.MapGroup("/uploads").WithTags("Imports"));
        ImportTemplates.Map(api.MapGroup("/import-templates").WithTags("Imports"));
        KindSynonyms.Map(api.MapGroup("/kind-synonyms").WithTags("Imports"));
        SynonymProposals.Map(api.MapGroup("/synonym-proposals").WithTags("Imports"));
        var activities = api.MapGroup("/activities").WithTags("Activities");
        RecordActivities.Map(activities);
        StreamActivities.Map(activities);
        ShowActivities.Map(activities);
        ChangeActivity.Map(activities);
        EvidenceFiles.Map(activities);
        var flags = api.MapGroup("/flags").WithTags("Flags");
        ShowFlags.Map(flags);
        ResolveFlag.Map(flags);
        return api;
    }
}
