using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using OmeZarr.Benchmarks.Native;

namespace OmeZarr.Benchmarks.Measuring;

/// <summary>Where and with what a run was made.</summary>
internal sealed record Machine
{
    public required string Cpu { get; init; }

    public required int Cores { get; init; }

    public required double MemoryGib { get; init; }

    public required string System { get; init; }

    public required string Kernel { get; init; }

    public required string DotNet { get; init; }

    public required string Library { get; init; }

    public required string Zstd { get; init; }

    public required string Lz4 { get; init; }

    public required string CBlosc { get; init; }

    /// <summary>Start of the run, UTC.</summary>
    public required DateTime Date { get; init; }

    /// <summary>The repository's commit; with "+" when files differ from it.</summary>
    public required string Commit { get; init; }

    /// <summary>Whether this was a quick look, whose figures say little.</summary>
    public required bool Quick { get; init; }

    /// <summary>Names the result files.</summary>
    public string Slug => Regex.Replace($"{Cpu} {Cores} cores".ToLowerInvariant(), "[^a-z0-9]+", "-").Trim('-');

    public static Machine ThisOne(bool quick) => new()
    {
        Cpu = CpuName(),
        Cores = Environment.ProcessorCount,
        MemoryGib = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30), 1),
        System = RuntimeInformation.OSDescription,
        Kernel = Environment.OSVersion.VersionString,
        DotNet = RuntimeInformation.FrameworkDescription,
        Library = NativeStream.LibraryVersion,
        Zstd = LibZstd.Version,
        Lz4 = LibLz4.Version,
        CBlosc = Native.CBlosc.Version,
        Date = DateTime.UtcNow,
        Commit = CommitOfRepository(),
        Quick = quick,
    };

    private static string CpuName()
    {
        if (OperatingSystem.IsLinux())
        {
            var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
            if (line is not null)
                return line[(line.IndexOf(':') + 1)..].Trim();
        }

        if (OperatingSystem.IsMacOS())
            return Command("sysctl", "-n", "machdep.cpu.brand_string") ?? "unknown";
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string CommitOfRepository()
    {
        var commit = Command("git", "-C", Repository.Root, "rev-parse", "--short=12", "HEAD");
        var changes = Command("git", "-C", Repository.Root, "status", "--porcelain", "--untracked-files=no");
        return commit is null ? "unknown" : changes is "" ? commit : commit + "+";
    }

    /// <summary>What a command prints, or null when it fails or is not installed.</summary>
    private static string? Command(string file, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
            var text = process!.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? text : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
