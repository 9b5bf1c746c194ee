namespace AbiTests;

/// <summary>With the package's suppressions, hosts run clean under sanitizers, and the hosts' own mistakes are found.</summary>
public sealed class SuppressionTests
{
    /// <summary>None of the exit statuses that the host itself has.</summary>
    private const int Found = 99;

    private static readonly string[] Host = [Path.Combine(Repository.Native, "sanitized.c")];

    // AddressSanitizer's leak check is LeakSanitizer, with options of its own.
    [TestCase("address", "LSAN_OPTIONS", "lsan.txt", "leak")]
    [TestCase("leak", "LSAN_OPTIONS", "lsan.txt", "leak")]
    [TestCase("thread", "TSAN_OPTIONS", "tsan.txt", "race")]
    public void HostsShouldRunUnderASanitizer(string sanitizer, string variable, string file, string mistake)
    {
        using var scratch = new Scratch();
        var program = Compiler.Build("c11", Host, $"-fsanitize={sanitizer}");
        var options = (variable, $"exitcode={Found}:suppressions={Suppressions(file)}");
        Tool.Run(program, [scratch.Path("a.ome.zarr")], folder: null, options).ShouldSucceed();
        var result = Tool.Run(program, [scratch.Path("b.ome.zarr"), mistake], folder: null, options);
        Assert.That(result.ExitCode, Is.EqualTo(Found), result.Output);
        Assert.That(result.Output, Does.Contain("sanitized.c"), "the report names the host's own line");
    }

    [Test]
    public void HostsShouldRunUnderValgrind()
    {
        using var scratch = new Scratch();
        var program = Compiler.Build("c11", Host);
        var suppressions = $"--suppressions={Suppressions("valgrind.supp")}";
        string[] valgrind = ["--leak-check=full", $"--error-exitcode={Found}", suppressions, "--log-file=/dev/null", program];
        Tool.Run("valgrind", [.. valgrind, scratch.Path("a.ome.zarr")]).ShouldSucceed();
        Assert.That(Tool.Run("valgrind", [.. valgrind, scratch.Path("b.ome.zarr"), "leak"]).ExitCode, Is.EqualTo(Found));
    }

    private static string Suppressions(string file) => Path.Combine(Release.Folder, "suppressions", file);
}
