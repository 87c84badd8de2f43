using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Platform.Http;
using OffGridFlow.Web.Pages.Parts;

namespace OffGridFlow.Web.Pages;

/// <summary>From a component to an answer: the part alone where a page asks for it, a whole page where a person follows the link.</summary>
internal static class PageAnswer
{
    /// <summary>A request made by a page that is open already.</summary>
    public static bool IsPart(HttpContext context) => context.Request.Headers.ContainsKey("HX-Request");

    public static IResult Of<T>(HttpContext context, string title, string? organization, params (string Name, object? Value)[] parameters)
        where T : IComponent => Whole(context, title, organization, Fragment<T>(parameters), StatusCodes.Status200OK);

    /// <summary>A page of its own, under the status of the problem that what was tried on it met.</summary>
    /// <param name="parameters">Of the page, by name.</param>
    public static RazorComponentResult<T> Page<T>(object parameters, Problem? problem)
        where T : IComponent => new(parameters) { StatusCode = problem is null ? StatusCodes.Status200OK : ProblemResponse.Status(problem.Kind) };

    /// <summary>The part alone, whoever asks.</summary>
    public static IResult Part<T>(params (string Name, object? Value)[] parameters)
        where T : IComponent => new RazorComponentResult<Fragment>(new { ChildContent = Fragment<T>(parameters) });

    /// <summary>A problem as a person reads it, under its status.</summary>
    public static IResult Of(HttpContext context, Problem problem, string? organization = null)
    {
        // What is not found is named by its code: period.not-found.
        var (title, text) = problem.Kind == ProblemKind.NotFound && problem.Code.EndsWith(".not-found", StringComparison.Ordinal)
            ? ($"There is no {problem.Code.Split('.')[0].Replace('-', ' ')} {problem.Found}.", "The address may have been cut short, or what was there is gone.")
            : ("That did not work.", $"{problem.Column}: found {problem.Found}, expected {problem.Expected}. {problem.Fix}");
        RenderFragment said = builder => builder.AddContent(0, text);
        return Whole(
            context, title, organization, Fragment<Notice>(("Tone", "bad"), ("Title", title), ("ChildContent", said)), ProblemResponse.Status(problem.Kind));
    }

    public static RenderFragment Fragment<T>(params (string Name, object? Value)[] parameters)
        where T : IComponent => builder =>
    {
        builder.OpenComponent<T>(0);
        foreach (var (name, value) in parameters)
        {
            builder.AddComponentParameter(1, name, value);
        }

        builder.CloseComponent();
    };

    private static IResult Whole(HttpContext context, string title, string? organization, RenderFragment content, int status) => IsPart(context)
        ? new RazorComponentResult<Fragment>(new { ChildContent = content }) { StatusCode = status }
        : new RazorComponentResult<PanelPage>(new { Title = title, Organization = organization, ChildContent = content }) { StatusCode = status };
}
