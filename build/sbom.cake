// The bill of materials: what was linked into the library and the program, and what made it. CycloneDX 1.6.

using System.Text.Json;
using System.Text.Json.Nodes;

// linked: the library first, which the bill is of; what else was made with it is named as an application beside it.
void WriteBillOfMaterials(string file, string forRid, SourceState source, List<LinkedFile> linked)
{
    var self = OwnComponent(linked[0], "library", "Writes microscope camera frames as OME-Zarr", forRid, source);
    var applications = linked.Skip(1)
        .Select(made => OwnComponent(made, "application", "Looks at OME-Zarr, checks, rescues and makes it", forRid, source)).ToList();
    var parts = linked.SelectMany(made => made.Parts).DistinctBy(part => part.Package).ToList();
    var components = applications.Concat(parts.Select(PartComponent)).Concat(BuildPackages(linked.Select(made => made.LockFile), parts));
    var document = new JsonObject
    {
        ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
        ["bomFormat"] = "CycloneDX",
        ["specVersion"] = "1.6",
        ["serialNumber"] = $"urn:uuid:{UuidOf(Sha256(linked[0].File))}",
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
            .. linked.Zip(applications.Prepend(self), (made, component) => Dependencies(component, made.Parts)),
            .. parts.Select(part => part.Package).Order(StringComparer.Ordinal)
                .Select(reference => new JsonObject { ["ref"] = reference })]),
    };
    var text = document.ToJsonString(new JsonSerializerOptions
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n",
    });
    System.IO.File.WriteAllText(file, text + "\n");
}

JsonObject Dependencies(JsonObject component, List<LinkedPart> on) => new()
{
    ["ref"] = (string)component["bom-ref"],
    ["dependsOn"] = new JsonArray([.. on.Select(part => part.Package).Order(StringComparer.Ordinal)]),
};

JsonObject OwnComponent(LinkedFile made, string type, string description, string forRid, SourceState source)
{
    var component = new JsonObject
    {
        ["type"] = type,
        ["bom-ref"] = $"{made.Name}@{source.FullVersion}",
        ["name"] = made.Name,
        ["version"] = source.FullVersion,
        ["description"] = description,
        ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-256", ["content"] = Sha256(made.File) }),
        ["licenses"] = Licences("MIT"),
        ["purl"] = $"pkg:generic/{made.Name}@{source.FullVersion.Replace("+", "%2B")}",
        ["properties"] = Properties(
            ("omezarr-native:file", System.IO.Path.GetRelativePath(PackageFolder(forRid), made.File).Replace('\\', '/')),
            ("omezarr-native:platform", forRid)),
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

// Packages that the build used and that are not part of what it made, as the lock files of the publish have them.
IEnumerable<JsonObject> BuildPackages(IEnumerable<string> lockFiles, List<LinkedPart> parts)
{
    return lockFiles.SelectMany(file => JsonNode.Parse(System.IO.File.ReadAllText(file))["dependencies"].AsObject())
        .SelectMany(framework => framework.Value.AsObject())
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
