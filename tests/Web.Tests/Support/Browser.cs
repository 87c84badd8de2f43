[assembly: AssemblyFixture(typeof(OffGridFlow.Web.Tests.Support.Browser))]

namespace OffGridFlow.Web.Tests.Support;

/// <summary>One Chromium for all tests; a page of its own for each.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        var program = Program();
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
    }

    /// <summary>A window with cookies and storage of its own.</summary>
    public Task<IBrowserContext> Window(string address, int width = 1280, int height = 900, ColorScheme colours = ColorScheme.Light, bool scripts = true) =>
        browser!.NewContextAsync(new()
        {
            BaseURL = address,
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = colours,
            ReducedMotion = ReducedMotion.Reduce,
            JavaScriptEnabled = scripts,
        });

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }

    // Playwright would download one of its own; the system's is the one that is kept up to date.
    private static string Program() =>
        Environment.GetEnvironmentVariable("OFFGRIDFLOW_BROWSER")
        ?? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            "These tests need a browser and found none: install Chromium (Debian: apt-get install chromium) or name one in OFFGRIDFLOW_BROWSER.");
}
