using System.Text.RegularExpressions;

namespace OmeZarr.Cli.Tests;

/// <summary>What all commands have in common: help, exit codes, errors in the user's words, completion.</summary>
public sealed partial class CommandLineTests
{
    private static IEnumerable<string> Commands => CommandsOfHelp(PublishedProgram.Run("--help").ShouldSucceed());

    [Test]
    public void ShouldTellWhichCommandsThereAre()
    {
        var help = PublishedProgram.Run("--help").ShouldSucceed();
        Assert.That(CommandsOfHelp(help),
            Is.SupersetOf(
                new[]
                {
                    "info", "verify", "preview", "repair", "pyramid", "manifest", "record", "bench", "serve", "completion",
                }));
        Assert.That(help.Output, Does.Contain("Exit codes:"));
    }

    [TestCaseSource(nameof(Commands))]
    public void ShouldHelpWithExamplesForEveryCommand(string command)
    {
        var help = PublishedProgram.Run(command, "--help").ShouldSucceed().Output;
        var examples = help[help.IndexOf("Examples:", StringComparison.Ordinal)..];
        Assert.That(ExampleOfCommand().Matches(examples).Select(match => match.Groups[1].Value), Does.Contain(command));
    }

    [TestCaseSource(nameof(Commands))]
    public void ShouldBeDescribedInItsPage(string command)
    {
        var page = File.ReadAllText(Path.Combine(PublishedProgram.Root, "docs", "omezarr.md"));
        Assert.That(page, Does.Contain($"\n## omezarr {command}\n"));
        var help = PublishedProgram.Run(command, "--help").Output.Split("Examples:")[0];
        var options = OptionOfHelp().Matches(help).Select(match => match.Groups[1].Value).Where(option => option != "--help");
        var section = page[page.IndexOf($"\n## omezarr {command}\n", StringComparison.Ordinal)..];
        section = section[..(section.IndexOf("\n## ", 1, StringComparison.Ordinal) is > 0 and var end ? end : section.Length)];
        Assert.That(options.Where(option => !section.Contains($"`{option}", StringComparison.Ordinal)), Is.Empty, "options");
    }

    [Test]
    public void ShouldRefuseWhatItDoesNotKnowAndSayWhereHelpIs()
    {
        var unknown = PublishedProgram.Run("manifes").ShouldEndWith(2);
        Assert.That(unknown.Output, Is.Empty);
        Assert.That(unknown.Error, Does.Contain("'manifes'").And.Contain("omezarr --help"));
        var option = PublishedProgram.Run("manifest", ".", "--frobnicate").ShouldEndWith(2);
        Assert.That(option.Error, Does.Contain("--frobnicate").And.Contain("omezarr manifest --help"));
        PublishedProgram.Run().ShouldEndWith(2);
    }

    [TestCase("info", "--jsn")]
    [TestCase("record", "--widht", "300")]
    public void ShouldTakeAMistypedOptionForAnOption(params string[] arguments)
    {
        var answer = PublishedProgram.Run(arguments).ShouldEndWith(2);
        Assert.That(answer.Error, Does.Contain(arguments[1]).And.Not.Contain("is not there"));
    }

    [Test]
    public void ShouldListWhatAnOptionTakesInReadableLines()
    {
        var answer = PublishedProgram.Run("record", "frames.raw", "--compression", "lz4", "--output", "a.ome.zarr")
            .ShouldEndWith(2);
        Assert.That(answer.Error, Does.Contain("blosc-lz4").And.Not.Contain("\\u00"));
    }

    [TestCase("info")]
    [TestCase("verify")]
    [TestCase("manifest")]
    [TestCase("serve")]
    public void ShouldSayThatADatasetIsNotThere(string command)
    {
        using var scratch = new Scratch();
        var answer = PublishedProgram.Run(command, scratch.Path("none.ome.zarr")).ShouldEndWith(3);
        Assert.That(answer.Error, Does.StartWith($"omezarr {command}: ").And.Contain("is not there"));
        Assert.That(answer.Error, Does.Not.Contain("   at "), "a place in the program is nothing for users");
        var file = scratch.File("file", [1]);
        Assert.That(PublishedProgram.Run(command, file).ShouldEndWith(3).Error, Does.Contain("is a file"));
    }

    [Test]
    public void ShouldTellItsVersion() =>
        Assert.That(PublishedProgram.Run("--version").ShouldSucceed().Output, Does.Match(@"^omezarr \d+\.\d+\.\d+\+\w+"));

    [Test]
    public void BashShouldCompleteCommandsOptionsAndFiles()
    {
        using var scratch = new Scratch();
        const string complete = """
            PATH="$1:$PATH"; cd "$2"; source <(omezarr completion bash)
            try() { COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                [[ $1 == *' ' ]] && { COMP_WORDS+=(''); COMP_CWORD=$((COMP_CWORD + 1)); }
                _omezarr; echo "$1|${COMPREPLY[*]}"; }
            try 'omezarr man'; try 'omezarr manifest --ou'; try 'omezarr completion '
            """;
        var folder = Path.GetDirectoryName(PublishedProgram.Path)!;
        var answer = PublishedProgram.Other("bash", "-c", complete, "bash", folder, scratch.Folder).ShouldSucceed();
        string[] expected = ["omezarr man|manifest", "omezarr manifest --ou|--output"];
        Assert.That(answer.Lines[..2], Is.EqualTo(expected));
        Assert.That(answer.Lines[2].Split('|')[1].Split(' '), Is.SupersetOf(new[] { "bash", "powershell" }));
    }

    [Test]
    public void ShouldPrintTheScriptOfPowerShell() =>
        Assert.That(PublishedProgram.Run("completion", "powershell").ShouldSucceed().Output,
            Does.Contain("Register-ArgumentCompleter -Native -CommandName omezarr"));

    private static IEnumerable<string> CommandsOfHelp(Answer help) => help
        .Output[help.Output.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1)
            .TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal))
        .Where(line => line[2] != ' ').Select(line => line.Trim().Split(' ')[0]);

    [GeneratedRegex(@"omezarr ([a-z]+) ")]
    private static partial Regex ExampleOfCommand();

    [GeneratedRegex(@"(--[a-z-]+)")]
    private static partial Regex OptionOfHelp();
}
