// What is built: its version, its commit, and the moment that everything made of it is dated with.

using System.Xml.Linq;

// Commit: all of its digits, or null where nothing tells. Revision: what the library says of it.
record SourceState(string Version, string Commit, string Revision, DateTimeOffset Date)
{
    public string FullVersion => $"{Version}+{Revision}";
}

record CommitTold(string Commit, long Seconds);

SourceState ReadSource()
{
    // The one place that the version is written in.
    var version = XDocument.Load($"{root}/Directory.Build.props").Descendants("Version").Single().Value.Trim();
    var (commit, seconds) = GitCommit() ?? ArchivedCommit() ?? new CommitTold(null, 0);
    var revision = commit == null ? "unknown" : commit[..12] + (IsModified() ? ".modified" : "");
    // A moment before 1980 cannot be said in a zip file.
    var given = Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH");
    var date = DateTimeOffset.FromUnixTimeSeconds(Math.Max(string.IsNullOrEmpty(given) ? seconds : long.Parse(given), 315532800));
    return new SourceState(version, commit, revision, date);
}

// The checkout's own commit; not that of a repository that an unpacked archive happens to lie in.
CommitTold GitCommit() => HasRepository() ? ParseCommit(Output("git", "-C", root, "log", "-1", "--format=%H %ct")) : null;

bool HasRepository() =>
    (DirectoryExists($"{root}/.git") || FileExists($"{root}/.git")) && HasCommand("git")
        && Output("git", "-C", root, "rev-parse", "HEAD") != null;

bool IsModified() => HasRepository() && Output("git", "-C", root, "status", "--porcelain", "--untracked-files=no") != "";

// git archive writes the commit into this file.
CommitTold ArchivedCommit() => ParseCommit(System.IO.File.ReadAllText($"{root}/build/source-commit.txt"));

CommitTold ParseCommit(string text)
{
    var match = System.Text.RegularExpressions.Regex.Match(text ?? "", "^([0-9a-f]{40}) ([0-9]+)$");
    return match.Success ? new CommitTold(match.Groups[1].Value, long.Parse(match.Groups[2].Value)) : null;
}

// What the package folder was made of, as its bill of materials says: another commit may be here now.
SourceState ReadPublished(string forRid)
{
    var bill = $"{PackageFolder(forRid)}/sbom.cdx.json";
    if (!FileExists(bill))
        throw new CakeException($"{PackageFolder(forRid)} holds no package: ./build.sh Publish makes it.");
    var metadata = System.Text.Json.Nodes.JsonNode.Parse(System.IO.File.ReadAllText(bill))["metadata"];
    var parts = ((string)metadata["component"]["version"]).Split('+', 2);
    var properties = metadata["component"]["properties"].AsArray();
    var commit = properties.FirstOrDefault(property => (string)property["name"] == "omezarr-native:commit");
    return new SourceState(parts[0], (string)commit?["value"], parts[1], DateTimeOffset.Parse((string)metadata["timestamp"]));
}
