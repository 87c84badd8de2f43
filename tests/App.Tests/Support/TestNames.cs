using System.Reflection;

namespace OffGridFlow.App.Tests.Support;

/// <summary>Tests by their names, for documents and promises that name them.</summary>
internal static class TestNames
{
    /// <summary>Classes of tests in a browser, which are another program.</summary>
    public static readonly string[] InBrowser = ["AccessibilityTests", "AccountTests", "AuditTests", "CrawlTests", "JourneyTests", "PolicyTests", "ProviderTests", "SignInTests"];

    /// <summary><c>Class.method</c> of every test of an assembly that is not skipped.</summary>
    public static IReadOnlySet<string> Of(Assembly tests) => tests.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.GetCustomAttributes().OfType<FactAttribute>().Any(fact => fact.Skip is null))
            .Select(method => $"{type.Name}.{method.Name}"))
        .ToHashSet(StringComparer.Ordinal);
}
