// What must hold before anything is handed out under a version's name.

void CheckRelease(string tag, string forRid)
{
    var source = ReadPublished(forRid);
    var problems = SourceProblems(tag, source).ToList();
    if (System.IO.File.ReadAllText($"{PackageFolder(forRid)}/sbom.cdx.json").Contains("\"omezarr-native:known\""))
        problems.Add("A codec was linked that packaging/known-codecs.txt does not name.");
    RefuseRelease(tag, source, problems);
}

// What can be told before anything is built.
void CheckSource(string tag) => RefuseRelease(tag, ReadSource(), SourceProblems(tag, ReadSource()).ToList());

void RefuseRelease(string tag, SourceState source, List<string> problems)
{
    if (problems.Count > 0)
        throw new CakeException($"{source.FullVersion} is no release {tag}:\n{string.Join('\n', problems)}");
    Information($"{tag} is {source.FullVersion}.");
}

IEnumerable<string> SourceProblems(string tag, SourceState source)
{
    if (tag != $"v{source.Version}")
        yield return $"The version in Directory.Build.props is {source.Version}.";
    if (source.Commit == null)
        yield return "Nothing tells which commit this is.";
    if (source.Revision.EndsWith(".modified"))
        yield return "Files differ from the commit.";
    if (!System.IO.File.ReadAllText($"{root}/CHANGELOG.md").Contains($"\n## [{source.Version}] - "))
        yield return $"CHANGELOG.md has no section of {source.Version} with a date.";
}

// The library and everything made of it, a second time, in a folder elsewhere: every byte must be the same.
void Reproduce(string forRid)
{
    var source = ReadPublished(forRid);
    if (source.Commit == null || source.Revision.EndsWith(".modified") || IsModified())
        throw new CakeException($"Only a commit can be built a second time; this is {source.FullVersion}, or was changed since.");
    var copy = $"{System.IO.Path.GetTempPath()}/omezarr-native-{Guid.NewGuid():N}";
    Run("git", "clone", "--quiet", root, copy);
    try
    {
        Run("bash", "-c", $"cd '{copy}' && umask 077 && TZ=Pacific/Apia ./build.sh Package --rid={forRid}");
        var sums = $"{ReleaseName(forRid, source)}.SHA256SUMS";
        var here = System.IO.File.ReadAllText($"{artifacts}/{sums}");
        var there = System.IO.File.ReadAllText($"{copy}/artifacts/{sums}");
        if (here != there)
            throw new CakeException($"Two builds of {source.FullVersion} differ:\n{here}\n{there}");
        Information($"Two builds of {source.FullVersion} are equal, byte for byte:\n{here}");
    }
    finally
    {
        DeleteDirectory(copy, new DeleteDirectorySettings { Recursive = true, Force = true });
    }
}
