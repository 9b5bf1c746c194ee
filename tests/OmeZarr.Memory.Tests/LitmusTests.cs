using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace OmeZarr.Memory.Tests;

/// <summary>Runs the litmus program, which must find nothing, and its control, of which it must catch every defect.</summary>
public sealed partial class LitmusTests
{
    private const int NothingFound = 0;
    private const int Found = 1;
    private const int WrongArguments = 2;

    // What does not hang moves within seconds even on a crowded machine; a defect that hangs is not waited for so long.
    private const string Patience = "60";
    private const string ControlPatience = "1";

    private static readonly string[] s_scenarios = ["slots", "queue", "ring", "release", "work"];

    private static readonly string[] s_defects =
    [
        "untagged-slots", "early-cell", "early-return", "plain-count", "plain-owner", "first-holder", "late-token", "unlocked-work",
        "deaf-wait", "late-sleeper", "late-leave",
    ];

    private static readonly string[] s_productFolders = ["src/OmeZarr.Memory", "src/OmeZarr.Streaming/Workers"];

    private static string Root => Metadata("RepositoryRoot");

    [TestCase("slots,queue", "400000")]
    [TestCase("ring,release,work", "40000")]
    public void ShouldFindNothingInTheLibrary(string scenarios, string rounds)
    {
        var (exitCode, output) = Run("Litmus", "--only", scenarios, "--rounds", rounds, "--patience", Patience);
        Assert.That(exitCode, Is.EqualTo(NothingFound), output);
        Assert.That(NothingFoundIn().Matches(output).Select(match => match.Groups[1].Value), Is.EqualTo(scenarios.Split(',')));
    }

    [Test]
    public void ShouldFindNothingInTheControlWithoutADefectHoweverOftenItsPartsAreInterrupted()
    {
        var (exitCode, output) = Run("Litmus.Control", "--rounds", "30000", "--patience", Patience);
        Assert.That(exitCode, Is.EqualTo(NothingFound), output);
        Assert.That(NothingFoundIn().Matches(output).Select(match => match.Groups[1].Value), Is.EqualTo(s_scenarios));
    }

    [TestCaseSource(nameof(s_defects))]
    public void ShouldCatchEachDefectOfTheControl(string defect)
    {
        var (exitCode, output) = Run("Litmus.Control", "--defect", defect, "--patience", ControlPatience);
        Assert.That(exitCode, Is.EqualTo(Found), output);
        Assert.That(output, Does.Contain("violations, the first: "));
    }

    [Test]
    public void ShouldKnowEveryDefectThatTheControlHas()
    {
        var (exitCode, output) = Run("Litmus.Control", "--help");
        Assert.That(exitCode, Is.EqualTo(NothingFound));
        var listed = output[output.IndexOf("--defect NAME", StringComparison.Ordinal)..].Split('\n').Skip(2);
        Assert.That(listed.Select(line => line.Trim().Split(' ')[0]).Where(name => name.Length > 0), Is.EqualTo(s_defects));
    }

    [TestCase("Litmus", "--rounds", "0")]
    [TestCase("Litmus", "--threads", "many")]
    [TestCase("Litmus", "--only", "slots,coffee")]
    [TestCase("Litmus", "--patience")]
    [TestCase("Litmus", "--defect", "untagged-slots")]
    [TestCase("Litmus.Control", "--defect", "coffee")]
    public void ShouldRefuseWrongArguments(string program, params string[] arguments)
    {
        var (exitCode, output) = Run(program, arguments);
        Assert.That(exitCode, Is.EqualTo(WrongArguments));
        Assert.That(output, Does.Contain(arguments[^1].Split(',')[^1]));
    }

    /// <summary>The control's parts are the library's, line by line, and what makes them break is put in between.</summary>
    [Test]
    public void ShouldHaveAControlThatKeepsUpWithTheLibrary()
    {
        var parts = Directory.GetFiles(Path.Join(Root, "tests", "Litmus.Control", "Broken"));
        Assert.That(parts, Is.Not.Empty);
        foreach (var part in parts)
        {
            var product = s_productFolders.Select(folder => Path.Join(Root, folder, Path.GetFileName(part))).Single(File.Exists);
            using var broken = File.ReadLines(part).GetEnumerator();
            foreach (var line in File.ReadLines(product))
            {
                var found = false;
                while (!found && broken.MoveNext())
                    found = broken.Current == line;
                Assert.That(found, Is.True, $"{part} lacks, or has elsewhere, this line of {product}: {line}");
            }
        }
    }

    private static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var path = Path.Join(Root, "tests", program, Metadata("ProgramPath"), program + ".dll");
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        // The input, too: a program that shares a terminal is stopped by it when it runs in the background.
        var start = new ProcessStartInfo(host, [path, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static string Metadata(string key) => typeof(LitmusTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;

    [GeneratedRegex("^(\\w+): [1-9][0-9]* operations .*: nothing found\\r?$", RegexOptions.Multiline)]
    private static partial Regex NothingFoundIn();
}
