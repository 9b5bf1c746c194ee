// What was linked into the library and the program, as the link itself has told. The machine may have other versions, newer ones too.

using System.Security.Cryptography;
using System.Text.RegularExpressions;
using System.Xml.Linq;

// Hash: its kind and its hexadecimal digits. Terms: the licence's text, by the name of the file that it is shipped in.
record LinkedPart(
    string Name, string Version, string Package, string Licence, (string Kind, string Digits) Hash,
    Dictionary<string, string> Terms)
{
    public List<string> StaticLibraries { get; init; } = [];

    // Whether a release may be made of it.
    public bool Known { get; init; } = true;
}

// A file that a link made, and what is in it.
record LinkedFile(string Name, string File, List<LinkedPart> Parts, string LockFile);

List<LinkedPart> ReadLinked(string file, string forRid, string name)
{
    if (!FileExists(file))
        throw new CakeException($"{file} is not there: the link has not told what it linked.");
    var told = System.IO.File.ReadAllLines(file).Select(line => line.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[1]);
    var libraries = told["library"].Select(library => library.Replace('\\', '/')).ToList();
    var runtime = PackagesAbove(told["compiler"].Concat(told["framework"])).ToList();
    List<LinkedPart> parts = [.. runtime.Select(folder => PackagePart(folder, libraries, "dotnet"))];
    if (!parts.Any(part => part.Terms.ContainsKey("dotnet.txt")))
        throw new CakeException($"None of these packages has the runtime's licence: {string.Join(", ", runtime)}.");
    foreach (var folder in PackagesAbove(told["assembly"].Where(assembly => IsCompiledIn(assembly, forRid, name))))
        parts.Add(WithTerms(PackagePart(folder, [], PackageId(folder).ToLowerInvariant())));
    foreach (var (codec, licence) in new[] { ("zstd", "BSD-3-Clause"), ("lz4", "BSD-2-Clause") })
    {
        if (told[codec].FirstOrDefault() is { } library)
            parts.Add(CodecPart(codec, licence, library, told[$"{codec}-terms"].Single(), forRid));
    }

    return parts;
}

// Not all that the compiler was given is used. In the debug symbols, what is has names that begin with the assembly's.
bool IsCompiledIn(string assembly, string forRid, string into)
{
    var name = System.Text.Encoding.ASCII.GetBytes(System.IO.Path.GetFileNameWithoutExtension(assembly).Replace('.', '_') + "_");
    return GetFiles($"{SymbolsFolder(forRid)}/**/*")
        .Where(file => System.IO.Path.GetRelativePath(SymbolsFolder(forRid), file.FullPath).StartsWith($"{into}."))
        .Any(file => System.IO.File.ReadAllBytes(file.FullPath).AsSpan().IndexOf(name) >= 0);
}

// The NuGet packages that the paths lie in.
IEnumerable<string> PackagesAbove(IEnumerable<string> paths) => paths.Select(path =>
{
    var folder = new System.IO.DirectoryInfo(path.Replace('\\', '/'));
    while (folder != null && !(folder.Exists && folder.EnumerateFiles("*.nuspec").Any()))
        folder = folder.Parent;
    return folder?.FullName.Replace('\\', '/') ?? throw new CakeException($"`{path}` was linked and lies in no NuGet package.");
}).Distinct();

LinkedPart PackagePart(string folder, List<string> libraries, string termsName)
{
    var terms = new Dictionary<string, string>();
    foreach (var file in System.IO.Directory.GetFiles(folder, "*.*").Order(StringComparer.Ordinal))
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(file).ToUpperInvariant();
        if (name is "LICENSE" or "LICENCE")
            terms[$"{termsName}.txt"] = System.IO.File.ReadAllText(file);
        else if (name == "THIRD-PARTY-NOTICES")
            terms[$"{termsName}-third-party.txt"] = System.IO.File.ReadAllText(file);
    }

    var (id, version) = (PackageId(folder), Said(folder, "version"));
    // Older packages only say where their licence is.
    var licence = Said(folder, "license") ?? Said(folder, "licenseUrl");
    var digest = System.IO.File.ReadAllText(System.IO.Directory.GetFiles(folder, "*.nupkg.sha512").Single());
    var hash = ("SHA-512", Convert.ToHexStringLower(Convert.FromBase64String(digest)));
    return new LinkedPart(id, version, $"pkg:nuget/{id}@{version}", licence, hash, terms)
    {
        StaticLibraries = [.. libraries.Where(library => library.StartsWith(folder)).Select(System.IO.Path.GetFileName)],
    };

    string Said(string of, string name) => PackageElements(of).FirstOrDefault(element => element.Name.LocalName == name)?.Value;
}

string PackageId(string folder) => PackageElements(folder).Single(element => element.Name.LocalName == "id").Value;

IEnumerable<XElement> PackageElements(string folder) =>
    XDocument.Load(System.IO.Directory.GetFiles(folder, "*.nuspec").Single()).Root.Elements().Single().Elements();

// Packages often name their licence and do not hold its text. Then a file of packaging/licences does, which begins with their name.
LinkedPart WithTerms(LinkedPart part)
{
    var name = $"{part.Name.ToLowerInvariant()}.txt";
    if (!part.Terms.ContainsKey(name))
    {
        var kept = GetFiles($"{root}/packaging/licences/*.txt").Select(file => System.IO.File.ReadAllText(file.FullPath));
        part.Terms[name] = kept.SingleOrDefault(text => text.StartsWith($"{part.Name},"))
            ?? throw new CakeException($"{part.Name} is linked in. Neither its package nor packaging/licences has its licence.");
    }

    return part;
}

LinkedPart CodecPart(string codec, string licence, string library, string terms, string forRid)
{
    var digits = Sha256(library);
    var known = KnownCodecs().FirstOrDefault(known => known[0] == codec && known[1] == forRid && known[4] == digits);
    var package = DebianPackage(library);
    var version = known?[2] ?? HeaderVersion(codec, library) ?? "unknown";
    if (known == null)
    {
        Warning("{0} is not known to packaging/known-codecs.txt: it is {1} {2}{3}, SHA-256 {4}. It is linked all the same, and "
            + "named in the bill of materials. Only a release cannot be made of it.",
            library, codec, version, package == null ? "" : $" of {package}", digits);
    }

    var purl = package == null
        ? $"pkg:generic/{codec}@{version}"
        : $"pkg:deb/{OsRelease("ID")}/{package.Replace("=", "@").Replace("+", "%2B")}?arch={DebianArchitecture(forRid)}";
    var text = new Dictionary<string, string> { [$"{codec}.txt"] = System.IO.File.ReadAllText(terms) };
    return new LinkedPart(codec, version, purl, licence, ("SHA-256", digits), text)
    {
        StaticLibraries = [System.IO.Path.GetFileName(library)], Known = known != null,
    };
}

IEnumerable<string[]> KnownCodecs() => System.IO.File.ReadAllLines($"{root}/packaging/known-codecs.txt")
    .Where(line => line != "" && line[0] != '#').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

// NAME=VERSION of the package that the file belongs to; null on other systems, or when it is nobody's.
string DebianPackage(string file)
{
    if (!HasCommand("dpkg-query") || Output("dpkg-query", "-S", file)?.Split(':')[0] is not { } name)
        return null;
    return $"{name}={Output("dpkg-query", "-W", "-f", "${Version}\\n", name).Split('\n')[0]}";
}

// What the header beside the library says.
string HeaderVersion(string codec, string library)
{
    var folder = System.IO.Path.GetDirectoryName(library);
    string[] candidates = [$"{folder}/../include/{codec}.h", $"{folder}/../../include/{codec}.h"];
    if (candidates.FirstOrDefault(System.IO.File.Exists) is not { } header)
        return null;
    var number = $@"#define +{codec.ToUpperInvariant()}_VERSION_(MAJOR|MINOR|RELEASE) +(\d+)";
    var numbers = Regex.Matches(System.IO.File.ReadAllText(header), number);
    return numbers.Count == 3 ? string.Join('.', numbers.Select(number => number.Groups[2].Value)) : null;
}

string OsRelease(string name) =>
    Regex.Match(System.IO.File.ReadAllText("/etc/os-release"), $"^{name}=\"?([^\"\n]*)", RegexOptions.Multiline).Groups[1].Value;

string Sha256(string file) => Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(file)));
