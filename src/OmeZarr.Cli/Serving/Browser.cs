using System.ComponentModel;
using System.Diagnostics;

namespace OmeZarr.Cli.Serving;

/// <summary>The browser that the user has chosen.</summary>
internal static class Browser
{
    /// <summary>Shows an address in it; false when there is none.</summary>
    public static bool TryOpen(string url)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(url) { UseShellExecute = true });
            return true;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            return false;
        }
    }
}
