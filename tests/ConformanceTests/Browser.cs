namespace OmeZarr.ConformanceTests;

/// <summary>Chromium, which readers/setup.sh does not install: it takes it where there is one.</summary>
internal static class Browser
{
    private static readonly string Program = Environment.GetEnvironmentVariable("OMEZARR_CHROMIUM") ?? "/usr/bin/chromium";

    /// <summary>Leaves the test out, by name, where there is no browser.</summary>
    public static void Need()
    {
        if (!File.Exists(Program))
            Assert.Ignore($"There is no Chromium at {Program}: the page is not looked at.");
    }
}
