namespace OmeZarr.Benchmarks;

/// <summary>Where the program's own repository lies.</summary>
internal static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "OmeZarrNative.sln")))
                return folder;
        }

        throw new DirectoryNotFoundException(
            $"{AppContext.BaseDirectory} is not inside the repository: run it with `dotnet run`");
    }
}
