using System.CommandLine;

namespace OmeZarr.Cli.Commands;

/// <summary>What several commands are given in the same way.</summary>
internal static class CommonOptions
{
    public static Argument<string> Dataset() => new("PATH")
    {
        Description = "The dataset's folder; an .ozx file where it is only read.",
    };

    public static Option<bool> Json() => new("--json")
    {
        Description = "Prints the answer as JSON, for programs. Its form is described in docs/omezarr.md.",
    };
}
