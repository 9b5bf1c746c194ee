using System.Collections.Concurrent;

namespace AbiTests;

/// <summary>The system's C and C++ compilers (or those named by CC and CXX), always with warnings as errors.</summary>
internal static class Compiler
{
    private static readonly string[] Strict = ["-pedantic", "-Wall", "-Wextra", "-Werror"];

    private static readonly ConcurrentDictionary<string, Lazy<string>> Programs = new();
    private static readonly Lazy<Scratch> Outputs = new(() => new Scratch());

    private static string C => Environment.GetEnvironmentVariable("CC") ?? "cc";

    private static string Cxx => Environment.GetEnvironmentVariable("CXX") ?? "c++";

    /// <summary>Checks the syntax of a source text, which is given to the compiler as a file.</summary>
    public static ToolResult Check(string standard, string source, params IEnumerable<string> options)
    {
        using var scratch = new Scratch();
        var cxx = IsCxx(standard);
        var file = scratch.Path(cxx ? "source.cpp" : "source.c");
        File.WriteAllText(file, source);
        return Tool.Run(
            cxx ? Cxx : C, [$"-std={standard}", .. Strict, .. options, $"-I{Repository.Headers}", "-fsyntax-only", file]);
    }

    /// <summary>
    /// Compiles sources and links them with the published library. The program is kept for the process's life, so that
    /// each is compiled once.
    /// </summary>
    /// <returns>The program's path.</returns>
    public static string Build(string standard, IReadOnlyList<string> sources, params IReadOnlyList<string> options)
    {
        var key = string.Join(' ', [standard, .. sources, .. options]);
        return Programs.GetOrAdd(key, _ => new Lazy<string>(() => BuildNew(standard, sources, options))).Value;
    }

    /// <summary>Deletes what was built.</summary>
    public static void Clean()
    {
        if (Outputs.IsValueCreated)
            Outputs.Value.Dispose();
    }

    private static string BuildNew(string standard, IReadOnlyList<string> sources, IReadOnlyList<string> options)
    {
        var program = Outputs.Value.Path($"{Programs.Count}-{Path.GetFileNameWithoutExtension(sources[0])}");
        var folder = Path.GetDirectoryName(PublishedLibrary.Path)!;
        Tool.Run(
            IsCxx(standard) ? Cxx : C,
            [
                $"-std={standard}", .. Strict, "-O1", "-g", .. options, $"-I{Repository.Headers}", .. sources,
                PublishedLibrary.Path, $"-Wl,-rpath,{folder}", "-pthread", "-lm", "-o", program,
            ]).ShouldSucceed();
        return program;
    }

    private static bool IsCxx(string standard) => standard.Contains("++", StringComparison.Ordinal);
}

/// <summary>Deletes the built programs after the last test.</summary>
[SetUpFixture]
internal sealed class CompilerCleanUp
{
    [OneTimeTearDown]
    public void DeletePrograms() => Compiler.Clean();
}
