using System.Reflection;
using System.Xml.Linq;

namespace OmeZarr.ArchitectureTests;

/// <summary>A project file as far as the walls between rooms are concerned.</summary>
internal sealed class ProjectFile
{
    private readonly XDocument _document;

    private ProjectFile(string path)
    {
        FullPath = path;
        Name = Path.GetFileNameWithoutExtension(path);
        _document = XDocument.Load(path);
    }

    /// <summary>The repository's root folder, absolute.</summary>
    public static string Root { get; } = typeof(ProjectFile).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>The rooms: every project below src.</summary>
    public static ProjectFile[] Rooms { get; } = Below("src");

    /// <summary>The projects below tests.</summary>
    public static ProjectFile[] Tests { get; } = Below("tests");

    public string Name { get; }

    public string FullPath { get; }

    /// <summary>Names of the projects that this one references, sorted.</summary>
    public string[] References =>
        [.. Included("ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];

    /// <summary>Names of the packages that this project itself asks for.</summary>
    public string[] Packages => [.. Included("PackageReference")];

    /// <summary>Name of what it is compiled to.</summary>
    public string AssemblyName => _document.Descendants("AssemblyName").FirstOrDefault()?.Value ?? Name;

    public bool AllowsUnsafe => _document.Descendants("AllowUnsafeBlocks").Any(element => element.Value.Trim() != "false");

    /// <summary>All names that a props file gives to items of a kind, sorted.</summary>
    public static string[] IncludedIn(string file, string item) => Included(XDocument.Load(Path.Join(Root, file)), item);

    public override string ToString() => Name;

    private static ProjectFile[] Below(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Join(Root, folder), "*.csproj",
            new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 })
            .Order(StringComparer.Ordinal)
            .Select(path => new ProjectFile(path)),
    ];

    private string[] Included(string item) => Included(_document, item);

    private static string[] Included(XDocument document, string item) =>
        [.. document.Descendants(item).Select(element => (string?)element.Attribute("Include")).OfType<string>()
            .Order(StringComparer.Ordinal)];
}
