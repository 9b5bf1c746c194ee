using System.Runtime.CompilerServices;

namespace AbiTests;

/// <summary>Where things lie in the source checkout that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(ThisFolder(), "..", ".."));

    public static string Headers => Path.Combine(Root, "native-headers");

    public static string Header => Path.Combine(Headers, "omezarr_native.h");

    public static string Hosts => Path.Combine(Root, "hosts");

    /// <summary>The scenario programs.</summary>
    public static string Native => Path.Combine(Root, "tests", "AbiTests", "native");

    /// <summary>The sources of a scenario program: its own, and what all share.</summary>
    public static string[] Scenario(string name) =>
        [.. new[] { name, "support", "platform" }.Select(file => Path.Combine(Native, $"{file}.c"))];

    /// <summary>The golden list of exports, one a line, sorted.</summary>
    public static string ExportList => Path.Combine(Root, "tests", "AbiTests", "exports.txt");

    private static string ThisFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
