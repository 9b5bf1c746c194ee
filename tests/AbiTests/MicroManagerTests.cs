using System.Text.RegularExpressions;

namespace AbiTests;

/// <summary>
/// The adapter for Micro-Manager (<c>hosts/micromanager</c>): its recorder by itself, its devices over a stand-in for
/// Micro-Manager's interface, and, where its sources are at hand, in Micro-Manager's own core.
/// </summary>
public sealed partial class MicroManagerTests
{
    private static string Adapter => Path.Combine(Repository.Hosts, "micromanager");

    private static string Programs => Path.Combine(Repository.Native, "micromanager");

    private static string Stub => Path.Combine(Programs, "stub");

    private static string Source(string name) => Path.Combine(Adapter, "src", $"{name}.cpp");

    private static readonly string[] Recorder =
    [
        Source("Axes"), Source("Json"), Source("JsonReader"), Source("Outcome"), Source("Recorder"), Source("Settings"),
        Source("Tags"),
    ];

    private static readonly string[] Devices =
        [Source("CallbackProxy"), Source("CameraList"), Source("Module"), Source("TeeDevice"), Source("WriterDevice")];

    [TestCase("-O1")]
    [TestCase("-fsanitize=address,undefined")]
    public void TheRecorderShouldKeepEveryFrameOrTellWhichIsMissing(string option) =>
        ShouldPass("recorder_tests", Recorder, option);

    /// <remarks>Interfaces 72 and 73 have the same calls as 71.</remarks>
    [TestCase(71, "-O1")]
    [TestCase(74, "-O1")]
    [TestCase(75, "-O1")]
    [TestCase(75, "-fsanitize=address,undefined")]
    public void TheDevicesShouldRecordOverDeviceInterface(int version, string option) =>
        ShouldPass(
            "device_tests", [.. Recorder, .. Devices, Path.Combine(Stub, "MMDevice.cpp")], option, $"-I{Stub}",
            $"-DDEVICE_INTERFACE_VERSION={version}");

    [TestCase("-O1")]
    [TestCase("-fsanitize=address,undefined")]
    public void AnAdapterShouldLendTheBuffersThatItsGrabberOverwrites(string option) =>
        ShouldPass("frame_grabber", [], option, $"-I{Adapter}");

    [Test]
    public void TheAdapterShouldBuildAsAModuleThatMicroManagerLoads()
    {
        using var scratch = new Scratch();
        BuildModule(scratch, Stub, BuildStubLibrary(scratch)).ShouldSucceed();
        Tool.Run("cmake", "--install", scratch.Path("build"), "--prefix", scratch.Path("mm")).ShouldSucceed();
        Assert.That(Directory.GetFiles(scratch.Path("mm")).Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "libmmgr_dal_OmeZarrNative.so.0", "libomezarr_native.so" }));
        var module = scratch.Path("mm", "libmmgr_dal_OmeZarrNative.so.0");
        var exports = Tool.Run("nm", "-D", "--defined-only", module).ShouldSucceed().Output.Split('\n')
            .Select(line => line.Split(' ')[^1]);
        Assert.That(exports, Is.SupersetOf(new[] { "InitializeModuleData", "CreateDevice", "DeleteDevice" }));
        var libraries = Tool.Run("ldd", module).ShouldSucceed().Output;
        Assert.That(libraries, Does.Contain($"=> {scratch.Path("mm", "libomezarr_native.so")}"), "the library beside it");
    }

    [Test]
    public void TheBuildShouldSayWhatItMisses()
    {
        using var scratch = new Scratch();
        var withoutHeaders = BuildModule(scratch, scratch.Folder, library: null);
        Assert.That(withoutHeaders.ExitCode, Is.Not.Zero);
        Assert.That(Flowing(withoutHeaders.Output), Does.Contain("Set MMDEVICE_DIR to the folder MMDevice"));
        var withoutLibrary = BuildModule(scratch, Stub, library: null);
        Assert.That(withoutLibrary.ExitCode, Is.Not.Zero);
        Assert.That(Flowing(withoutLibrary.Output), Does.Contain("Set MMDEVICE_LIBRARY to it"));
    }

    /// <summary>
    /// Runs where Micro-Manager's core is at hand, built: MMDEVICE_DIR and MMCORE_DIR name the folders of its headers,
    /// MMDEVICE_LIBRARY and MMCORE_LIBRARY the libraries, MM_ADAPTERS the folder of the adapters DemoCamera and Utilities.
    /// </summary>
    [Test]
    public void TheDevicesShouldRecordInMicroManagersOwnCore()
    {
        string[] names = ["MMDEVICE_DIR", "MMDEVICE_LIBRARY", "MMCORE_DIR", "MMCORE_LIBRARY", "MM_ADAPTERS"];
        var values = names.ToDictionary(name => name, Environment.GetEnvironmentVariable);
        if (values.Values.All(value => value is null))
            Assert.Ignore("Micro-Manager's core is not at hand: " + string.Join(", ", names) + " are not set");
        foreach (var (name, value) in values)
            Assert.That(Path.Exists(value), $"{name} names what is not there: {value}");
        using var scratch = new Scratch();
        BuildModule(scratch, values["MMDEVICE_DIR"]!, values["MMDEVICE_LIBRARY"]).ShouldSucceed();
        var adapters = scratch.Path("mm");
        Tool.Run("cmake", "--install", scratch.Path("build"), "--prefix", adapters).ShouldSucceed();
        foreach (var adapter in new[] { "libmmgr_dal_DemoCamera.so.0", "libmmgr_dal_Utilities.so.0" })
            File.Copy(Path.Combine(values["MM_ADAPTERS"]!, adapter), Path.Combine(adapters, adapter));
        var program = Compiler.Build(
            "c++17", [Path.Combine(Programs, "real_core.cpp"), values["MMCORE_LIBRARY"]!],
            ["-isystem", values["MMCORE_DIR"]!, "-isystem", values["MMDEVICE_DIR"]!, "-DMMDEVICE_CLIENT_BUILD", "-ldl"]);
        Directory.CreateDirectory(scratch.Path("data"));
        File.WriteAllText(scratch.Path("demo.cfg"), CodeInReadme("cfg"));
        var result = Tool.Run(program, adapters, scratch.Path("data"), scratch.Path("demo.cfg")).ShouldSucceed();
        Assert.That(result.Output, Does.EndWith("ok\n"));
        TestContext.Out.Write(result.Output);
    }

    [Test]
    public void TheReadmeShouldKnowEveryProperty()
    {
        var source = File.ReadAllText(Path.Combine(Adapter, "src", "RecordingDevice.h"));
        var properties = PropertyLine().Matches(source).Select(match => match.Groups[1].Value)
            .Append("BypassCoreBuffer").ToArray();
        Assert.That(properties, Has.Length.EqualTo(19));
        var rows = TableRow().Matches(Readme).Select(match => match.Groups[1].Value);
        Assert.That(rows, Is.SupersetOf(properties));
        var scripts = string.Concat(new[] { "cfg", "java", "python" }.Select(CodeInReadme));
        var used = SettingOfAProperty().Matches(scripts).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.That(used, Has.Length.GreaterThan(8).And.SubsetOf(properties));
    }

    /// <summary>CMake breaks the lines of its messages.</summary>
    private static string Flowing(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"\{\w+, ""(\w+)"", ")]
    private static partial Regex PropertyLine();

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    /// <summary>A property of one of the devices in a configuration file or a script.</summary>
    [GeneratedRegex(@"Property[,(""]+(?:Tee|Writer)[,""]+\s*""?(\w+)[,""]")]
    private static partial Regex SettingOfAProperty();

    private static string Readme => File.ReadAllText(Path.Combine(Adapter, "README.md"));

    /// <summary>The blocks of a language in the README, one after the other.</summary>
    private static string CodeInReadme(string language)
    {
        var blocks = Readme.Split("```");
        var code = blocks.Where((_, i) => i % 2 == 1).Where(block => block.StartsWith(language + "\n", StringComparison.Ordinal))
            .Select(block => block[(language.Length + 1)..]).ToArray();
        Assert.That(code, Is.Not.Empty, $"README.md has no block of {language}");
        return string.Concat(code);
    }

    /// <summary>The part of Micro-Manager's that is linked into each adapter; here the stand-in's.</summary>
    private static string BuildStubLibrary(Scratch scratch)
    {
        var (compiled, library) = (scratch.Path("MMDevice.o"), scratch.Path("libMMDevice.a"));
        Tool.Run("c++", "-std=c++14", "-fPIC", "-c", Path.Combine(Stub, "MMDevice.cpp"), "-o", compiled).ShouldSucceed();
        Tool.Run("ar", "rcs", library, compiled).ShouldSucceed();
        return library;
    }

    private static ToolResult BuildModule(Scratch scratch, string headers, string? library)
    {
        var build = scratch.Path("build");
        string[] found = library is null ? [] : [$"-DMMDEVICE_LIBRARY={library}"];
        var configured = Tool.Run(
            "cmake",
            [
                "-S", Adapter, "-B", build, $"-DMMDEVICE_DIR={headers}", "-DOMEZARR_WARNINGS_AS_ERRORS=ON", .. found,
                $"-DCMAKE_PREFIX_PATH={Path.GetDirectoryName(PublishedLibrary.Path)}",
            ]);
        return configured.ExitCode != 0 ? configured : Tool.Run("cmake", "--build", build);
    }

    private static void ShouldPass(string program, IEnumerable<string> sources, params string[] options)
    {
        using var scratch = new Scratch();
        var built = Compiler.Build(
            "c++14", [Path.Combine(Programs, $"{program}.cpp"), .. sources],
            [$"-I{Path.Combine(Adapter, "src")}", "-fno-sanitize-recover=undefined", "-rdynamic", "-ldl", .. options]);
        var result = Tool.Run(built, [scratch.Folder], folder: null, Sanitizers.Options).ShouldSucceed();
        Assert.That(result.Output, Does.EndWith("ok\n"));
    }
}
