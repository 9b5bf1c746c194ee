// The build: ./build.sh TARGET [OPTIONS]. Helpers are in build/*.cake.
#load "build/commands.cake"
#load "build/setup.cake"
#load "build/publish.cake"
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
    .Description("Makes the native library and its package folder, artifacts/<rid>. --codecs=managed: zstd and LZ4 as C#.")
    .IsDependentOn("Setup")
    .Does(() => PublishLibrary(rid, configuration));

Task("Test")
    .Description("Runs all tests; the last line printed is \"N passed, N failed\". --project=NAME, --codecs=managed.")
    .IsDependentOn("Build")
    .IsDependentOn("Publish")
    .Does(() => tests = RunTests(configuration, Argument("project", "")));

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

Task("Package")
    .Description("Packs artifacts/<rid> into one file.")
    .IsDependentOn("Publish")
    .Does(() => PackLibrary(rid));

RunTarget(target);

// After Cake's own report, so that it is the last line.
if (tests != null)
{
    Console.WriteLine(tests.Line);
    if (!tests.Succeeded)
        Environment.Exit(1);
}
