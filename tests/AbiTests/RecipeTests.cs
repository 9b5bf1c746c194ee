using System.Text.Json;

namespace AbiTests;

/// <summary>
/// The port for vcpkg and the recipe for Conan package a release's archive so that hosts build with it. vcpkg and Conan
/// themselves are not needed: small stand-ins play the few of their functions that are used.
/// </summary>
public sealed class RecipeTests
{
    private static string Packaging => Path.Combine(Repository.Root, "packaging");

    private static string StandIns => Path.Combine(Repository.Root, "tests", "AbiTests", "packages");

    private static string Version => Release.ReadBill().GetProperty("metadata").GetProperty("component").GetProperty("version")
        .GetString()!.Split('+')[0];

    [Test]
    public void TheVcpkgPortShouldInstallWhatHostsBuildWith()
    {
        using var scratch = new Scratch();
        var installed = scratch.Path("installed");
        var port = Path.Combine(Packaging, "vcpkg", "omezarr-native");
        string[] options =
        [
            $"-DPORTFILE={Path.Combine(port, "portfile.cmake")}", $"-DCURRENT_PACKAGES_DIR={installed}",
            $"-DWORK={scratch.Path("work")}", "-P", Path.Combine(StandIns, "vcpkg.cmake"),
        ];
        var refused = Tool.Run("cmake", options);
        Assert.That(refused.ExitCode, Is.Not.Zero);
        Assert.That(refused.Output, Does.Contain("OMEZARR_NATIVE_ARCHIVE"));
        Tool.Run("cmake", options, folder: null, ("OMEZARR_NATIVE_ARCHIVE", Release.Archive)).ShouldSucceed();
        Assert.That(File.ReadAllText(Path.Combine(installed, "share", "omezarr-native", "copyright")), Does.Contain("zstd"));
        Assert.That(File.Exists(Path.Combine(installed, "include", "omezarr_native.hpp")));
        ArchiveTests.ShouldWriteADataset(scratch, ArchiveTests.BuildWithCMake(scratch, installed));
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(port, "vcpkg.json")));
        Assert.That(manifest.RootElement.GetProperty("version").GetString(), Is.EqualTo(Version));
    }

    [Test]
    public void TheConanRecipeShouldPackageWhatHostsBuildWith()
    {
        using var scratch = new Scratch();
        var build = Directory.CreateDirectory(scratch.Path("unpacked")).FullName;
        var package = scratch.Path("package");
        string[] command = [Path.Combine(StandIns, "conan.py"), Path.Combine(Packaging, "conan", "conanfile.py"), build, package];
        Assert.That(Tool.Run("python3", command).Output, Does.Contain("OMEZARR_NATIVE_ARCHIVE"));
        var told = Tool.Run("python3", command, folder: null, ("OMEZARR_NATIVE_ARCHIVE", Release.Archive)).ShouldSucceed();
        Assert.That(told.Output.Trim(), Is.EqualTo(Version));
        var terms = Directory.GetFiles(Path.Combine(package, "licenses"), "*", SearchOption.AllDirectories);
        Assert.That(terms, Has.Length.GreaterThan(4));
        var library = Path.Combine(package, "lib");
        var program = ArchiveTests.BuildWithFlags(
            scratch, $"-I{Path.Combine(package, "include")} -L{library} -Wl,-rpath,{library} -lomezarr_native");
        ArchiveTests.ShouldWriteADataset(scratch, program);
    }
}
