using System.CommandLine;
using OmeZarr.Cli.Terminal;

namespace OmeZarr.Cli.Commands;

/// <summary>A line to type, and what it does.</summary>
internal sealed record Example(string Line, string Meaning);

/// <summary>A command of the program: its options and examples, and what it does with them.</summary>
internal abstract class ProgramCommand : Command
{
    protected ProgramCommand(Screen screen, string name, string description, params Example[] examples)
        : base(name, description)
    {
        Examples = examples;
        SetAction(given => Run(given, screen));
    }

    public IReadOnlyList<Example> Examples { get; }

    /// <summary>Does what was asked for; returns the exit code. Failures are thrown.</summary>
    protected abstract int Run(ParseResult given, Screen screen);
}
