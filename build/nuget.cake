// The NuGet package of the .NET binding, with the library of each platform that was published here. As the archives, the same
// input gives the same bytes, which `dotnet pack` does not.

const string NuGetId = "OmeZarrNative";

string PackNuGet(string into, SourceState source)
{
    var binding = $"{root}/hosts/dotnet/{NuGetId}";
    Run("dotnet", "build", $"{binding}/{NuGetId}.csproj", "--configuration", "Release", "--nologo", "--verbosity", "quiet",
        $"-p:Version={source.Version}", "-p:ContinuousIntegrationBuild=true");
    var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["README.md"] = $"{root}/hosts/dotnet/README.md", ["LICENSE"] = $"{root}/LICENSE",
        ["THIRD-PARTY-NOTICES.md"] = $"{root}/THIRD-PARTY-NOTICES.md",
    };
    var frameworks = System.IO.Directory.GetDirectories($"{binding}/bin/Release").Select(System.IO.Path.GetFileName).Order().ToList();
    foreach (var framework in frameworks)
    {
        foreach (var extension in new[] { "dll", "xml" })
            files[$"lib/{framework}/{NuGetId}.{extension}"] = $"{binding}/bin/Release/{framework}/{NuGetId}.{extension}";
    }

    foreach (var platform in PublishedPlatforms(source))
        files[$"runtimes/{platform}/native/{LibraryName(platform)}"] = $"{PackageFolder(platform)}/{LibraryName(platform)}";
    var file = $"{into}/{NuGetId}.{source.Version}.nupkg";
    using var output = System.IO.File.Create(file);
    using var zip = new ZipArchive(output, ZipArchiveMode.Create);
    Write($"{NuGetId}.nuspec", NuSpec(source, frameworks));
    Write("[Content_Types].xml", ContentTypes);
    Write("_rels/.rels", Relationships);
    foreach (var (entry, path) in files)
    {
        using var from = System.IO.File.OpenRead(path);
        Copy(entry, from);
    }

    return file;

    void Write(string entry, string text) => Copy(entry, new System.IO.MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)));

    void Copy(string entry, System.IO.Stream from)
    {
        var written = zip.CreateEntry(entry, CompressionLevel.Optimal);
        written.LastWriteTime = source.Date.ToUniversalTime();
        using var to = written.Open();
        from.CopyTo(to);
    }
}

// Those of the same commit: an older library of another platform may lie beside them.
IEnumerable<string> PublishedPlatforms(SourceState source) => System.IO.Directory.GetDirectories(artifacts)
    .Select(System.IO.Path.GetFileName)
    .Where(name => FileExists($"{PackageFolder(name)}/sbom.cdx.json") && ReadPublished(name).FullVersion == source.FullVersion)
    .Order(StringComparer.Ordinal);

string NuSpec(SourceState source, IEnumerable<string> frameworks) => $"""
    <?xml version="1.0" encoding="utf-8"?>
    <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
      <metadata>
        <id>{NuGetId}</id>
        <version>{source.Version}</version>
        <authors>The authors of OmeZarrNative</authors>
        <description>Writes the frames of microscope cameras as OME-Zarr 0.5, with the native library inside.</description>
        <readme>README.md</readme>
        <license type="file">LICENSE</license>
        <tags>microscopy ome-zarr zarr camera</tags>
        <dependencies>
    {string.Join('\n', frameworks.Select(framework => $"      <group targetFramework=\"{framework}\" />"))}
        </dependencies>
      </metadata>
    </package>

    """;

const string ContentTypes = """
    <?xml version="1.0" encoding="utf-8"?>
    <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
      <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
      <Default Extension="nuspec" ContentType="application/octet" />
      <Default Extension="dll" ContentType="application/octet" />
      <Default Extension="xml" ContentType="application/octet" />
      <Default Extension="so" ContentType="application/octet" />
      <Default Extension="dylib" ContentType="application/octet" />
      <Default Extension="md" ContentType="application/octet" />
      <Override PartName="/LICENSE" ContentType="application/octet" />
    </Types>

    """;

const string Relationships = """
    <?xml version="1.0" encoding="utf-8"?>
    <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
      <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/OmeZarrNative.nuspec" Id="R1" />
    </Relationships>

    """;
