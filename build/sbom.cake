// The bill of materials: what was linked into the library, and what made it. CycloneDX 1.6.

using System.Text.Json;
using System.Text.Json.Nodes;

void WriteBillOfMaterials(string file, string forRid, SourceState source, List<LinkedPart> parts, string lockFile)
{
    var library = $"{PackageFolder(forRid)}/{LibraryName(forRid)}";
    var self = OwnComponent(library, forRid, source);
    var components = parts.Select(PartComponent).Concat(BuildPackages(lockFile, parts));
    var references = parts.Select(part => part.Package).Order(StringComparer.Ordinal).ToList();
    var document = new JsonObject
    {
        ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
        ["bomFormat"] = "CycloneDX",
        ["specVersion"] = "1.6",
        ["serialNumber"] = $"urn:uuid:{UuidOf(Sha256(library))}",
        ["version"] = 1,
        ["metadata"] = new JsonObject
        {
            ["timestamp"] = source.Date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["lifecycles"] = new JsonArray(new JsonObject { ["phase"] = "build" }),
            ["tools"] = new JsonObject { ["components"] = new JsonArray([.. Tools()]) },
            ["component"] = self,
        },
        ["components"] = new JsonArray([.. components.OrderBy(part => (string)part["bom-ref"], StringComparer.Ordinal)]),
        ["dependencies"] = new JsonArray([
            new JsonObject { ["ref"] = (string)self["bom-ref"], ["dependsOn"] = new JsonArray([.. references]) },
            .. references.Select(reference => new JsonObject { ["ref"] = reference })]),
    };
    var text = document.ToJsonString(new JsonSerializerOptions
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n",
    });
    System.IO.File.WriteAllText(file, text + "\n");
}

JsonObject OwnComponent(string library, string forRid, SourceState source)
{
    var component = new JsonObject
    {
        ["type"] = "library",
        ["bom-ref"] = $"omezarr-native@{source.FullVersion}",
        ["name"] = "omezarr-native",
        ["version"] = source.FullVersion,
        ["description"] = "Writes microscope camera frames as OME-Zarr",
        ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-256", ["content"] = Sha256(library) }),
        ["licenses"] = Licences("MIT"),
        ["purl"] = $"pkg:generic/omezarr-native@{source.FullVersion.Replace("+", "%2B")}",
        ["properties"] = Properties(("omezarr-native:file", LibraryName(forRid)), ("omezarr-native:platform", forRid)),
    };
    if (source.Commit != null)
        ((JsonArray)component["properties"]).Add(Property(("omezarr-native:commit", source.Commit)));
    return component;
}

JsonObject PartComponent(LinkedPart part)
{
    var properties = part.StaticLibraries.Order(StringComparer.Ordinal).Select(name => ("omezarr-native:static-library", name));
    if (!part.Known)
        properties = properties.Append(("omezarr-native:known", "false"));
    var component = Component(part.Name, part.Version, part.Package, "required");
    component["hashes"] = new JsonArray(new JsonObject { ["alg"] = part.Hash.Kind, ["content"] = part.Hash.Digits });
    component["licenses"] = Licences(part.Licence);
    if (properties.Any())
        component["properties"] = Properties([.. properties]);
    return component;
}

// Packages that the build used and that are not part of what it made, as the lock file of the publish has them.
IEnumerable<JsonObject> BuildPackages(string lockFile, List<LinkedPart> parts)
{
    var frameworks = JsonNode.Parse(System.IO.File.ReadAllText(lockFile))["dependencies"].AsObject();
    return frameworks.SelectMany(framework => framework.Value.AsObject())
        .Where(package => (string)package.Value["type"] != "Project")
        .Select(package => (Name: package.Key, Version: (string)package.Value["resolved"]))
        .Where(package => !parts.Any(part => part.Package == $"pkg:nuget/{package.Name}@{package.Version}"))
        .Distinct()
        .Select(package => Component(package.Name, package.Version, $"pkg:nuget/{package.Name}@{package.Version}", "excluded"));
}

// Programs by which others get the same bytes.
IEnumerable<JsonNode> Tools()
{
    yield return Tool("dotnet-sdk", Output("dotnet", "--version"));
    if (!IsRunningOnWindows())
        yield return Tool("cc", Output("cc", "--version").Split('\n')[0]);
    if (IsRunningOnLinux())
        yield return Tool("ld", Output("ld", "--version").Split('\n')[0]);

    JsonObject Tool(string name, string version) =>
        new() { ["type"] = "application", ["name"] = name, ["version"] = version };
}

JsonObject Component(string name, string version, string purl, string scope) => new()
{
    ["type"] = "library", ["bom-ref"] = purl, ["name"] = name, ["version"] = version, ["scope"] = scope, ["purl"] = purl,
};

// An identifier of SPDX, or the address of the text.
JsonArray Licences(string licence) => new(new JsonObject
{
    ["license"] = licence.StartsWith("https://")
        ? new JsonObject { ["name"] = "the project's own", ["url"] = licence }
        : new JsonObject { ["id"] = licence },
});

JsonArray Properties(params (string, string)[] properties) => new([.. properties.Select(Property)]);

JsonNode Property((string Name, string Value) property) =>
    new JsonObject { ["name"] = property.Name, ["value"] = property.Value };

// The same for the same library: version 8 is for identifiers of one's own making.
string UuidOf(string digits) => $"{digits[..8]}-{digits[8..12]}-8{digits[13..16]}-8{digits[17..20]}-{digits[20..32]}";
