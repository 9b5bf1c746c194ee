// The build: ./build.sh TARGET [OPTIONS]. Helpers are in build/*.cake.
#load "build/commands.cake"
#load "build/setup.cake"
#load "build/cross.cake"
#load "build/source.cake"
#load "build/linked.cake"
#load "build/sbom.cake"
#load "build/publish.cake"
#load "build/archive.cake"
#load "build/debian.cake"
#load "build/python.cake"
#load "build/nuget.cake"
#load "build/release.cake"
#load "build/tests.cake"
#load "build/fuzz.cake"

var target = Argument("target", "Test");
var configuration = Argument("configuration", "Release");
var rid = Argument("rid", HostRid());
var codecs = Argument("codecs", "native");
var root = MakeAbsolute(Directory(".")).FullPath;
var artifacts = $"{root}/artifacts";
var solution = $"{root}/OmeZarrNative.sln";
TestSummary tests = null;

Task("Clean")
    .Description("Removes everything that a build makes.")
    .Does(() =>
{
    foreach (var folder in GetDirectories($"{root}/src/*/bin") + GetDirectories($"{root}/src/*/obj")
        + GetDirectories($"{root}/tests/*/bin") + GetDirectories($"{root}/tests/*/obj"))
        DeleteDirectory(folder, new DeleteDirectorySettings { Recursive = true, Force = true });
    if (DirectoryExists(artifacts))
        DeleteDirectory(artifacts, new DeleteDirectorySettings { Recursive = true, Force = true });
});

Task("Setup")
    .Description("Installs what the build and the tests need and the machine lacks; does nothing when all is there.")
    .Does(() => SetUpMachine());

Task("Build")
    .Description("Builds every project.")
    .IsDependentOn("Setup")
    .Does(() =>
{
    // One compiler process for all projects, ended afterwards: each start of it costs seconds.
    Run("dotnet", "build", solution, "--configuration", configuration, "--nologo", "--verbosity", "quiet",
        $"-p:OmzCodecs={codecs}", "-p:UseSharedCompilation=true");
    TryRun("dotnet", "build-server", "shutdown", "--vbcscompiler");
});

Task("Publish")
    .Description("Makes the library, the program and the package folder, artifacts/<rid>. --codecs=managed: zstd and LZ4 as C#.")
    .IsDependentOn("Setup")
    .Does(() => PublishAll(rid, configuration));

Task("Test")
    .Description("Runs all tests; the last line printed is \"N passed, N failed\". --project=NAME, --codecs=managed; --rid=win-x64: under Wine.")
    .IsDependentOn("Build")
    .IsDependentOn("Package")
    .Does(() => tests = RunTests(configuration, Argument("project", IsCross(rid) ? "PlatformTests" : "")));

Task("Demo")
    .Description("Builds the C demo against the package, lets it write a dataset, and reads that with independent readers.")
    .IsDependentOn("Publish")
    .Does(() => RunDemo());

Task("Bench")
    .Description("Runs the benchmarks into docs/benchmarks; --quick takes a minute and is for trying out. --rows=1,2 runs only those.")
    .IsDependentOn("Publish")
    .Does(() => Run("dotnet",
    [
        "run", "--project", $"{root}/tests/Benchmarks", "--configuration", "Release", "--",
        .. HasArgument("quick") ? new[] { "--quick" } : [],
        .. HasArgument("rows") ? new[] { "--rows", Argument<string>("rows") } : [],
        .. HasArgument("quick") || HasArgument("rows") ? new[] { "--out", $"{artifacts}/bench" } : [],
    ]));

Task("Fuzz")
    .Description("Settings, metadata and calls at random against the library. --what=settings|metadata|calls --seconds=60 --seed=N --only=ROUND.")
    .IsDependentOn("Publish")
    .Does(() => RunFuzzer());

Task("Format")
    .Description("Checks the formatting of all code; --fix corrects it.")
    .Does(() => Run("dotnet",
        ["format", solution, "--severity", "warn", .. HasArgument("fix") ? new string[0] : ["--verify-no-changes"]]));

Task("Pack")
    .Description("Makes the files that a release hands out of artifacts/<rid> as it is. --out=FOLDER puts them elsewhere.")
    .Does(() => PackLibrary(rid, Argument("out", artifacts)));

Task("Package")
    .Description("Publishes, and makes the files that a release hands out. --tag=v1.2.3 refuses what must not be released as that.")
    .IsDependentOn("Publish")
    .IsDependentOn("Pack")
    .Does(() =>
{
    if (HasArgument("tag"))
        CheckRelease(Argument<string>("tag"), rid);
});

Task("Reproduce")
    .Description("Packages the last commit twice, here and in another folder, and compares every byte. Takes some minutes.")
    .IsDependentOn("Package")
    .Does(() => Reproduce(rid));

Task("Version")
    .Description("Tells what would be built; --tag=v1.2.3 refuses what must not be released as that.")
    .Does(() =>
{
    Information($"{ReadSource().FullVersion} of {ReadSource().Date:yyyy-MM-dd'T'HH:mm:ss'Z'}");
    if (HasArgument("tag"))
        CheckSource(Argument<string>("tag"));
});

RunTarget(target);

// After Cake's own report, so that it is the last line.
if (tests != null)
{
    Console.WriteLine(tests.Line);
    if (!tests.Succeeded)
        Environment.Exit(1);
}
