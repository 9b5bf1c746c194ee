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

    /// <summary>What follows clang in the name of the one that is here, such as "-14"; null when there is none.</summary>
    public static string? Clang => new[] { "" }.Concat(Enumerable.Range(14, 30).Reverse().Select(version => $"-{version}"))
        .FirstOrDefault(suffix => IsThere($"clang++{suffix}") && IsThere($"clang{suffix}"));

    /// <summary>Checks the syntax of a source text, which is given to the compiler as a file.</summary>
    public static ToolResult Check(string standard, string source, params IEnumerable<string> options) =>
        CheckWith(IsCxx(standard) ? Cxx : C, standard, source, options);

    /// <summary>The same with another compiler.</summary>
    public static ToolResult CheckWith(string compiler, string standard, string source, IEnumerable<string> options)
    {
        using var scratch = new Scratch();
        var file = scratch.Path(IsCxx(standard) ? "source.cpp" : "source.c");
        File.WriteAllText(file, source);
        return Tool.Run(
            compiler, [$"-std={standard}", .. Strict, .. options, $"-I{Repository.Headers}", "-fsyntax-only", file]);
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

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static bool IsCxx(string standard) => standard.Contains("++", StringComparison.Ordinal);
}

/// <summary>Deletes the built programs after the last test.</summary>
[SetUpFixture]
internal sealed class CompilerCleanUp
{
    [OneTimeTearDown]
    public void DeletePrograms() => Compiler.Clean();
}
