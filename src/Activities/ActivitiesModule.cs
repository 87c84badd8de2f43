using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OffGridFlow.Activities;

/// <summary>What the module adds to the program: its services, job handlers and subscribers, and its endpoints.</summary>
public static class ActivitiesModule
{
    public static IServiceCollection AddActivities(this IServiceCollection services) => services;

    /// <param name="api">The group <c>/api/v1</c>, behind authentication.</param>
    public static IEndpointRouteBuilder MapActivities(this IEndpointRouteBuilder api) => api;
}
