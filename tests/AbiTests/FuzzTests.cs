namespace AbiTests;

/// <summary>
/// The fuzzer (fuzz/) for some seconds: documents changed at random, and calls drawn at random that a model of the stream
/// foretells. What fails tells how to play the one round again; <c>./build.sh Fuzz</c> looks for longer, from another seed each
/// time.
/// </summary>
public sealed class FuzzTests
{
    private const int Seed = 20250611;

    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "AbiTests");

    [TestCase("settings", 6, TestName = "Settings that are changed at random should be judged alike by every call")]
    [TestCase("metadata", 6, TestName = "Metadata of frames that are changed at random should be judged as a second reader does")]
    [TestCase("calls", 12, TestName = "Calls that are drawn at random should answer as a model of the stream foretells")]
    public void Fuzz(string what, int seconds)
    {
        string[] sources = [.. Directory.GetFiles(Path.Combine(Folder, "fuzz"), "*.c").Order(StringComparer.Ordinal)];
        var program = Compiler.Build("c99", sources, "-fsanitize=address");
        using var scratch = new Scratch();
        string[] arguments = [what, "--scratch", scratch.Folder, "--corpus", Path.Combine(Folder, "corpus"), "--seed", $"{Seed}",
            "--seconds", $"{seconds}"];
        var result = Tool.Run(program, arguments, folder: null, Sanitizers.Options).ShouldSucceed();
        Assert.That(result.Output, Does.Match(@"[1-9]\d* rounds\nok\n$"));
        TestContext.Out.Write(result.Output);
    }
}
