namespace AbiTests;

/// <summary>
/// The adapter for Micro-Manager (<c>hosts/micromanager</c>): its recorder by itself, its devices over a stand-in for
/// Micro-Manager's interface, and, where its sources are at hand, in Micro-Manager's own core.
/// </summary>
public sealed class MicroManagerTests
{
    private static string Adapter => Path.Combine(Repository.Hosts, "micromanager");

    private static string Programs => Path.Combine(Repository.Native, "micromanager");

    private static string Stub => Path.Combine(Programs, "stub");

    private static string Source(string name) => Path.Combine(Adapter, "src", $"{name}.cpp");

    private static readonly string[] Recorder = [Source("Axes"), Source("Json"), Source("Recorder"), Source("Settings")];

    private static readonly string[] Devices =
        [Source("CallbackProxy"), Source("CameraList"), Source("Module"), Source("TeeDevice"), Source("WriterDevice")];

    [TestCase("-O1")]
    [TestCase("-fsanitize=address,undefined")]
    public void TheRecorderShouldKeepEveryFrameOrTellWhichIsMissing(string option) =>
        ShouldPass("recorder_tests", Recorder, option);

    [TestCase(71, "-O1")]
    [TestCase(72, "-O1")]
    [TestCase(73, "-O1")]
    [TestCase(74, "-O1")]
    [TestCase(75, "-O1")]
    [TestCase(75, "-fsanitize=address,undefined")]
    public void TheDevicesShouldRecordOverAnyDeviceInterface(int version, string option) =>
        ShouldPass(
            "device_tests", [.. Recorder, .. Devices, Path.Combine(Stub, "MMDevice.cpp")], option, $"-I{Stub}",
            $"-DDEVICE_INTERFACE_VERSION={version}");

    [TestCase("-O1")]
    [TestCase("-fsanitize=address,undefined")]
    public void AnAdapterShouldLendTheBuffersThatItsGrabberOverwrites(string option) =>
        ShouldPass("frame_grabber", [], option, $"-I{Adapter}");

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
