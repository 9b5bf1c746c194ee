using System.Reflection;

namespace OmeZarr.ConformanceTests;

/// <summary>Where things of this repository lie.</summary>
internal static class Repository
{
    /// <summary>The repository's root folder, absolute.</summary>
    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>The folder of the readers' scripts.</summary>
    public static string ReadersFolder => Path.Join(Root, "tests", "ConformanceTests", "readers");

    /// <summary>The real pictures and the schemas.</summary>
    public static string DataFolder => Path.Join(Root, "tests", "data");
}
