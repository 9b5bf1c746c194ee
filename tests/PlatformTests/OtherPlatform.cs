namespace PlatformTests;

/// <summary>
/// A platform that this machine is not, with what makes programs for it and what runs them here. Where one of these is missing,
/// or the library was not published for it, its tests are skipped and say so.
/// </summary>
internal sealed record OtherPlatform(
    string Rid, string Library, string Program, string C, string Cxx, string[] LinkOptions, string ObjectDump, string[] Runner)
{
    /// <summary>Variables that the runner needs.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];

    /// <summary>What starts a path of this machine as programs there see it.</summary>
    public string PathPrefix { get; init; } = "";

    /// <summary>Scenarios that cannot be run there, and why.</summary>
    public required IReadOnlyDictionary<string, string> NotHere { get; init; }

    public string Folder => Path.Combine(Repository.Root, "artifacts", Rid);

    public string LibraryFile => Path.Combine(Folder, Library);

    public static IReadOnlyList<OtherPlatform> All { get; } =
    [
        new(
            "win-x64", "omezarr_native.dll", ".exe", "x86_64-w64-mingw32-gcc-posix", "x86_64-w64-mingw32-g++-posix",
            ["-static", "-lpsapi"], "x86_64-w64-mingw32-objdump", ["/usr/lib/wine/wine64"])
        {
            Environment =
            [
                ("WINEPREFIX", Path.Combine(Path.GetTempPath(), "omezarr-wine")), ("WINEDEBUG", "-all"),
                ("XDG_RUNTIME_DIR", "/tmp"),
            ],
            PathPrefix = "Z:",
            NotHere = new Dictionary<string, string>
            {
                ["disk_full"] = "mounts a small disk by itself",
                ["floats"] = "asks glibc for the traps of floating point",
                ["forked"] = "Windows has no fork",
                ["host_signals"] = "Windows has no signals between processes",
                ["log_file"] = "makes pipes and links as POSIX has them",
                ["signals"] = "Windows has no signals of that kind",
            },
        },
        new(
            "linux-arm64", "libomezarr_native.so", "", "aarch64-linux-gnu-gcc", "aarch64-linux-gnu-g++", ["-lm"],
            "aarch64-linux-gnu-objdump", ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"])
        {
            NotHere = new Dictionary<string, string>
            {
                ["disk_full"] = "mounts a small disk in a namespace of its own, which qemu does not pass on",
                ["many_streams"] = "counts the threads and the memory of the process, which are qemu's as well",
                ["signals"] = "qemu has handlers of its own",
                ["host_signals"] = "qemu has handlers of its own",
                ["small_stack"] = "qemu gives threads other stacks than they ask for",
            },
        },
    ];

    public static OtherPlatform Of(string rid) => All.Single(platform => platform.Rid == rid);

    /// <summary>Skips the test, by name, where the platform cannot be tried.</summary>
    public void RequireTools()
    {
        foreach (var program in new[] { C, Cxx, Runner[0] })
        {
            if (!IsThere(program))
                Assert.Ignore($"{program} is not installed; ./build.sh Setup --rid={Rid} does that");
        }

        if (!File.Exists(LibraryFile))
            Assert.Ignore($"there is no {LibraryFile}; ./build.sh Publish --rid={Rid} makes it");
    }

    /// <summary>Compiles sources and links them with the platform's library, which lies beside the program.</summary>
    public string Build(Scratch scratch, string standard, IReadOnlyList<string> sources)
    {
        var program = scratch.Path(Path.GetFileNameWithoutExtension(sources[0]) + Program);
        var beside = scratch.Path(Library);
        if (!File.Exists(beside))
            File.Copy(LibraryFile, beside);
        var compiler = standard.Contains("++", StringComparison.Ordinal) ? Cxx : C;
        Tool.Run(
            compiler,
            [
                $"-std={standard}", "-Wall", "-Wextra", "-Werror", "-O1", $"-I{Repository.Headers}", .. sources, beside,
                "-Wl,-rpath,$ORIGIN", "-pthread", .. LinkOptions, "-o", program,
            ]).ShouldSucceed();
        return program;
    }

    /// <summary>Runs a program of the platform, in its folder.</summary>
    public ToolResult Run(string program, params IEnumerable<string> arguments) => Tool.Run(
        Runner[0], [.. Runner[1..], program, .. arguments], Path.GetDirectoryName(program), Environment);

    /// <summary>A path of this machine as the platform's programs see it.</summary>
    public string PathOf(string path) => PathPrefix + path;

    private static bool IsThere(string program)
    {
        var folders = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return File.Exists(program) || folders.Any(folder => File.Exists(Path.Combine(folder, program)));
    }
}
