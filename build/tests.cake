// Running the tests and counting their results.

using System.Xml.Linq;

record TestSummary(int Passed, int Failed)
{
    public string Line => $"{Passed} passed, {Failed} failed";

    public bool Succeeded => Passed > 0 && Failed == 0;
}

TestSummary RunTests(string forConfiguration, string only)
{
    var results = $"{artifacts}/test-results";
    CleanDirectory(results);
    var summary = new TestSummary(0, 0);
    List<string> failures = [];
    foreach (var project in GetFiles($"{root}/tests/*/*.csproj").OrderBy(p => p.FullPath))
    {
        var name = project.GetFilenameWithoutExtension().ToString();
        if (name is "Benchmarks" or "Litmus" or "Litmus.Control" or "Simulation" or "Defects" or "Harness" or "Kill" or "Faults" || (only != "" && name != only))
            continue;
        // Libraries of other platforms are tried where they have been published.
        if (name == "PlatformTests" && only == "" && !crossTools.Keys.Any(other => other != rid && DirectoryExists(PackageFolder(other))))
            continue;
        var exit = TryRun("dotnet", "test", project.FullPath, "--no-build", "--configuration", forConfiguration, "--nologo",
            "--logger", $"trx;LogFileName={name}.trx", "--results-directory", results, "--verbosity", "quiet");
        var (passed, failed) = ReadResults($"{results}/{name}.trx", failures);
        if (exit != 0 && failed == 0)
        {
            // A test host that crashed, or results that were never written.
            failed = 1;
            failures.Add($"{name}: its tests ended with exit code {exit} and no failed test in the results");
        }
        else if (passed + failed == 0)
        {
            failed = 1;
            failures.Add($"{name}: has no tests");
        }

        summary = new TestSummary(summary.Passed + passed, summary.Failed + failed);
    }

    foreach (var failure in failures)
        Warning("failed: {0}", failure);
    return summary;
}

(int Passed, int Failed) ReadResults(string file, List<string> failures)
{
    if (!FileExists(file))
        return (0, 0);
    var results = XDocument.Load(file).Descendants().Where(e => e.Name.LocalName == "UnitTestResult").ToList();
    var failed = results.Where(r => (string)r.Attribute("outcome") == "Failed").ToList();
    failures.AddRange(failed.Select(r =>
        $"{System.IO.Path.GetFileNameWithoutExtension(file)}: {(string)r.Attribute("testName")}\n{Text(r, "Message")}\n{Text(r, "StackTrace")}"));
    return (results.Count(r => (string)r.Attribute("outcome") == "Passed"), failed.Count);
}

// What a failed test says, within bounds.
string Text(XElement result, string name)
{
    var text = result.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value.Trim() ?? "";
    return text.Length > 4000 ? text[..4000] + " ..." : text;
}
