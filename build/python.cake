// The Python package: a wheel for the platform, with the library inside, and the source distribution.

const string PythonBuild = "hosts/python/build_backend/omezarr_build.py";

string Python() => HasCommand("python3") ? "python3" : "python";

// The end of the names of a platform's wheels.
string WheelPlatform(string forRid)
{
    var arm = forRid.EndsWith("arm64");
    return forRid.StartsWith("win") ? $"win_{(arm ? "arm64" : "amd64")}"
        : forRid.StartsWith("osx") ? $"macosx_*_{(arm ? "arm64" : "x86_64")}" : $"manylinux_*_{(arm ? "aarch64" : "x86_64")}";
}

IEnumerable<string> PackPython(string forRid, string into, SourceState source)
{
    DeleteFiles($"{into}/omezarr_native-*-{WheelPlatform(forRid)}.whl");
    BuildPython(source, "wheel", "--library", PackageFolder(forRid), "--out", into);
    yield return GetFiles($"{into}/omezarr_native-*-{WheelPlatform(forRid)}.whl").Single().FullPath;
    // The same for all platforms, so that one of them makes it.
    if (forRid != "linux-x64")
        yield break;
    DeleteFiles($"{into}/omezarr_native-*.tar.gz");
    BuildPython(source, "sdist", "--out", into);
    yield return GetFiles($"{into}/omezarr_native-*.tar.gz").Single().FullPath;
}

void BuildPython(SourceState source, params string[] arguments)
{
    var settings = new ProcessSettings
    {
        Arguments = Quoted(["-B", $"{root}/{PythonBuild}", .. arguments]),
        EnvironmentVariables = new Dictionary<string, string> { ["SOURCE_DATE_EPOCH"] = $"{source.Date.ToUnixTimeSeconds()}" },
    };
    var exit = StartProcess(Python(), settings);
    if (exit != 0)
        throw new CakeException($"{PythonBuild} {string.Join(' ', arguments)}: exit code {exit}");
}
