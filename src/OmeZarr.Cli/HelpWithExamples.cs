using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using OmeZarr.Cli.Commands;

namespace OmeZarr.Cli;

/// <summary>The help of System.CommandLine, followed by examples of the command.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private const string Documentation = """

        Exit codes:
          0    fine
          1    problems were found, or something was left out
          2    the command line is wrong
          3    something could not be read or written
          130  interrupted (Ctrl-C)

        'omezarr COMMAND --help' shows options and examples of a command.
        """;

    public override bool ClearsParseErrors => true;

    /// <summary>Gives the help of a command and of all below it their examples.</summary>
    public static void Extend(RootCommand root)
    {
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
                option.Action = new HelpWithExamples(help);
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is RootCommand)
            output.WriteLine(Documentation.TrimStart('\n'));
        if (parseResult.CommandResult.Command is not ProgramCommand command)
            return result;
        output.WriteLine("Examples:");
        foreach (var example in command.Examples)
        {
            output.WriteLine($"  {example.Line}");
            output.WriteLine($"      {example.Meaning}");
        }

        return result;
    }
}
