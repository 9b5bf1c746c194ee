using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AbiTests;

/// <summary>A .NET program restores the package from a folder, as it would from a registry, and writes a dataset.</summary>
public sealed partial class DotnetHostTests
{
    private static string Readme => File.ReadAllText(Path.Combine(Repository.Hosts, "dotnet", "README.md"));

    [Test]
    public void TheProgramOfTheReadmeShouldRunFromTheRestoredPackage()
    {
        using var scratch = new Scratch();
        var result = RunConsumer(scratch, BlocksOfReadme()[0]);
        Assert.That(result.Output, Does.EndWith("10 frames are stored\n"));
        using var array = JsonDocument.Parse(File.ReadAllBytes(scratch.Path("timelapse.ome.zarr", "0", "zarr.json")));
        Assert.That(array.RootElement.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()),
            Is.EqualTo(new long[] { 10, 64, 96 }));
    }

    [Test]
    public void TheFunctionsOfTheReadmeShouldDoWhatTheySay()
    {
        using var scratch = new Scratch();
        var result = RunConsumer(scratch, ProgramOf("Page") + string.Concat(BlocksOfReadme()[1..]));
        Assert.That(result.Output, Does.EndWith("ok\n"));
    }

    [Test]
    public void TheBindingShouldDoWhatItPromises()
    {
        using var scratch = new Scratch();
        var result = RunConsumer(scratch, ProgramOf("Everything"));
        Assert.That(result.Output, Does.EndWith("ok\n"));
    }

    [Test]
    public void ThePackageShouldHoldBothFrameworksAndTheLibrary()
    {
        using var package = ZipFile.OpenRead(Release.NuGet);
        var entries = package.Entries.Select(entry => entry.FullName).ToArray();
        Assert.That(entries, Is.SupersetOf(new[]
        {
            "OmeZarrNative.nuspec", "[Content_Types].xml", "_rels/.rels", "README.md", "LICENSE", "THIRD-PARTY-NOTICES.md",
            "lib/net8.0/OmeZarrNative.dll", "lib/net8.0/OmeZarrNative.xml", "lib/net10.0/OmeZarrNative.dll",
            "runtimes/linux-x64/native/libomezarr_native.so",
        }));
        using var library = package.GetEntry("runtimes/linux-x64/native/libomezarr_native.so")!.Open();
        using var copy = new MemoryStream();
        library.CopyTo(copy);
        var published = File.ReadAllBytes(Path.Combine(Release.Folder, "libomezarr_native.so"));
        Assert.That(copy.ToArray().AsSpan().SequenceEqual(published));
    }

    private static string ProgramOf(string name) =>
        File.ReadAllText(Path.Combine(Repository.Root, "tests", "AbiTests", "dotnet", $"{name}.cs.txt"));

    private static string[] BlocksOfReadme() => [.. CSharp().Matches(Readme).Select(block => block.Groups[1].Value)];

    private static ToolResult RunConsumer(Scratch scratch, string program)
    {
        var version = Path.GetFileName(Release.NuGet)["OmeZarrNative.".Length..^".nupkg".Length];
        File.WriteAllText(scratch.Path("Program.cs"), program);
        File.WriteAllText(scratch.Path("NuGet.config"), $"""
            <configuration>
              <packageSources><clear /><add key="folder" value="{Release.Artifacts}" /></packageSources>
            </configuration>
            """);
        File.WriteAllText(scratch.Path("Consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <RestorePackagesPath>packages</RestorePackagesPath>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="OmeZarrNative" Version="{version}" />
                <Compile Remove="packages/**" />
              </ItemGroup>
            </Project>
            """);
        Tool.Run("dotnet", ["build", "--configuration", "Release", "--output", "out", "--nologo"], scratch.Folder)
            .ShouldSucceed();
        var libraries = Directory.GetFiles(scratch.Path("out"), "libomezarr_native.so", SearchOption.AllDirectories);
        Assert.That(libraries, Has.Length.EqualTo(1));
        // Not from the checkout: the package's own.
        return Tool.Run("dotnet", ["out/Consumer.dll"], scratch.Folder, (PublishedLibrary.Variable, "")).ShouldSucceed();
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();
}
