// What a machine needs. Everything here may run again and again.

void SetUpMachine()
{
    if (IsRunningOnLinux())
        InstallDebianPackages();
    if (IsRunningOnWindows() && codecs != "managed")
        Information("Windows: vcpkg's zstd and lz4 (triplet x64-windows-static) and the C++ build tools have to be there; see README.md.");
    if (IsRunningOnMacOs() && codecs != "managed")
        Information("macOS: Homebrew's zstd and lz4 and Xcode's command line tools have to be there; see README.md.");
    if (!IsRunningOnWindows())
        Run("bash", "tests/ConformanceTests/readers/setup.sh");
}

void InstallDebianPackages()
{
    var missing = MissingDebianPackages();
    if (missing.Count == 0)
        return;
    if (!HasCommand("apt-get"))
    {
        throw new CakeException($"This Linux has no apt-get. Install what its packages are called for: {string.Join(' ', missing)}");
    }

    var isRoot = Output("id", "-u") == "0";
    if (!isRoot && !HasCommand("sudo"))
        throw new CakeException($"As root, please: apt-get install {string.Join(' ', missing)}");
    Information($"Installing {string.Join(' ', missing)}");
    string[] install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", .. missing];
    if (TryRunAsRoot(isRoot, install) == 0)
        return;
    // A machine whose package lists are old or were never made.
    TryRunAsRoot(isRoot, ["apt-get", "update", "--quiet"]);
    if (TryRunAsRoot(isRoot, install) != 0)
        throw new CakeException($"apt-get could not install {string.Join(' ', missing)}.");
}

int TryRunAsRoot(bool isRoot, string[] command) =>
    isRoot ? TryRun("env", ["DEBIAN_FRONTEND=noninteractive", .. command]) : TryRun("sudo", ["DEBIAN_FRONTEND=noninteractive", .. command]);

// Programs count as there wherever they come from; libraries only as Debian's packages, whose folders the projects name.
List<string> MissingDebianPackages()
{
    var programs = new Dictionary<string, string>
    {
        ["gcc"] = "gcc", ["g++"] = "g++", ["cmake"] = "cmake", ["pkg-config"] = "pkg-config", ["node"] = "nodejs", ["npm"] = "npm",
        ["valgrind"] = "valgrind",
    };
    string[] codecLibraries = codecs == "managed" ? [] : ["libzstd-dev", "liblz4-dev"];
    string[] libraries = [.. codecLibraries, "zlib1g-dev", "libblosc1", "python3-numpy", "python3-venv", "mypy"];
    foreach (var (program, package) in CrossTools(rid))
        programs[program] = package;
    var missing = programs.Where(p => !FileExists(p.Key) && !HasCommand(p.Key)).Select(p => p.Value).ToList();
    missing.AddRange(libraries.Where(l => Output("dpkg-query", "-W", "-f", "${Status}", l)?.Contains("ok installed") != true));
    return missing;
}
