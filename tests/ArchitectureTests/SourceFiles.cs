namespace OmeZarr.ArchitectureTests;

/// <summary>The files that people write.</summary>
internal static class SourceFiles
{
    private static readonly string[] Made = ["bin", "obj", "node_modules", "artifacts"];

    /// <summary>Files below a folder of the repository, but for what builds make there.</summary>
    /// <param name="folder">Relative to the root.</param>
    /// <param name="pattern">Of the file's name.</param>
    public static IEnumerable<string> Below(string folder, string pattern = "*.cs") =>
        Walk(new DirectoryInfo(Path.Join(ProjectFile.Root, folder)), pattern);

    private static IEnumerable<string> Walk(DirectoryInfo folder, string pattern) =>
        folder.EnumerateFiles(pattern).Select(file => file.FullName)
        .Concat(folder.EnumerateDirectories().Where(below => !Made.Contains(below.Name) && below.LinkTarget is null)
            .SelectMany(below => Walk(below, pattern)));
}
