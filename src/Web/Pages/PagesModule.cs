namespace OffGridFlow.Web.Pages;

/// <summary>The pages for people: HTML made on the server, from the same slices and queries as the API.</summary>
internal static class PagesModule
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton<PageFiles>();
        return services;
    }

    public static void MapPages(this WebApplication app)
    {
        app.Services.GetRequiredService<PageFiles>().Serve(app);
    }
}
