// Publishing for win-x64 and linux-arm64 on a Linux machine that is neither, and running what was made there.

// Debian's packages that each needs, by a program of theirs.
readonly Dictionary<string, Dictionary<string, string>> crossTools = new()
{
    ["win-x64"] = new()
    {
        ["lld-link-14"] = "lld-14", ["clang-14"] = "clang-14", ["llvm-dlltool-14"] = "llvm-14", ["dpkg-source"] = "dpkg-dev",
        ["x86_64-w64-mingw32-gcc-posix"] = "gcc-mingw-w64-x86-64-posix",
        ["x86_64-w64-mingw32-g++-posix"] = "g++-mingw-w64-x86-64-posix", ["/usr/lib/wine/wine64"] = "wine64",
    },
    ["linux-arm64"] = new()
    {
        ["clang-14"] = "clang-14", ["dpkg-source"] = "dpkg-dev", ["aarch64-linux-gnu-gcc"] = "gcc-aarch64-linux-gnu",
        ["aarch64-linux-gnu-g++"] = "g++-aarch64-linux-gnu", ["qemu-aarch64-static"] = "qemu-user-static",
    },
};

bool IsCross(string forRid) => IsRunningOnLinux() && forRid != HostRid() && crossTools.ContainsKey(forRid);

Dictionary<string, string> CrossTools(string forRid) => IsCross(forRid) ? crossTools[forRid] : [];

// Other platforms whose tools are all here.
IEnumerable<string> CrossPlatforms() =>
    crossTools.Keys.Where(forRid => IsCross(forRid) && crossTools[forRid].Keys.All(program => FileExists(program) || HasCommand(program)));

// What `dotnet publish` has to be told beside the platform.
string[] CrossProperties(string forRid)
{
    if (!IsCross(forRid))
        return [];
    List<string> properties = [];
    if (codecs != "managed")
    {
        var folder = $"{HomeFolder()}/.cache/omezarr-native/codecs/{forRid}";
        Run("bash", $"{root}/build/cross/codecs.sh", forRid, folder);
        var (prefix, extension) = forRid.StartsWith("win") ? ("", "lib") : ("lib", "a");
        foreach (var (codec, name) in new[] { ("zstd", "Zstd"), ("lz4", "Lz4") })
        {
            properties.Add($"-p:Omz{name}Library={folder}/{prefix}{codec}.{extension}");
            properties.Add($"-p:Omz{name}Licence={folder}/{codec}-copyright");
        }
    }

    properties.AddRange(forRid.StartsWith("win")
        ? ["-p:DisableUnsupportedError=true", "-p:IlcUseEnvironmentalTools=true", $"-p:CppLinker={root}/build/windows/link.sh"]
        : ["-p:LinkerFlavor=bfd", "-p:CppCompilerAndLinker=clang-14", "-p:ObjCopyName=aarch64-linux-gnu-objcopy"]);
    return [.. properties];
}

// What a program of the platform prints here; null when it fails.
string OutputOf(string forRid, string program, params string[] arguments) => !IsCross(forRid) ? Output(program, arguments)
    : forRid.StartsWith("win")
    ? Output("env", ["WINEDEBUG=-all", $"WINEPREFIX={System.IO.Path.GetTempPath()}/omezarr-wine", "/usr/lib/wine/wine64", program, .. arguments])
    : Output("qemu-aarch64-static", ["-L", "/usr/aarch64-linux-gnu", program, .. arguments]);

string HomeFolder() => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

// Only the system's own libraries may be asked of a Windows machine: no Visual C++ run time to install.
void CheckNeededDlls(string file)
{
    string[] system = ["advapi32", "bcrypt", "crypt32", "iphlpapi", "kernel32", "mswsock", "ncrypt", "ntdll", "ole32", "oleaut32",
        "secur32", "user32", "version", "ws2_32", "shell32"];
    var needed = Regex.Matches(Output("x86_64-w64-mingw32-objdump", "-p", file), @"DLL Name: (.+)\.dll", RegexOptions.IgnoreCase)
        .Select(match => match.Groups[1].Value.Trim().ToLowerInvariant()).Distinct().ToList();
    var more = needed.Where(name => !name.StartsWith("api-ms-win-")).Except(system).ToList();
    if (needed.Count == 0 || more.Count > 0)
        throw new CakeException($"{file} needs {string.Join(", ", more)}, which is no part of Windows.");
}
