using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;
using OmeZarr.Cli.Commands;
using OmeZarr.Cli.Terminal;

namespace OmeZarr.Cli;

/// <summary>The whole program: what its commands are, and how each of them ends.</summary>
internal sealed class OmeZarrProgram
{
    private const string Name = "omezarr";

    private readonly Screen _screen;
    private readonly RootCommand _root;

    public OmeZarrProgram(Screen screen)
    {
        _screen = screen;
        var number = Encoding.UTF8.GetString(BuildVersion.Text);
        _root = new RootCommand("Looks at OME-Zarr datasets, checks, rescues and makes them.")
        {
            new InfoCommand(screen),
            new VerifyCommand(screen),
            new PreviewCommand(screen),
            new RepairCommand(screen, number),
            new PyramidCommand(screen),
            new ManifestCommand(screen),
            new PackCommand(screen),
            new RecordCommand(screen),
            new BenchCommand(screen),
            new ServeCommand(screen),
            new CompletionCommand(screen),
        };
        foreach (var option in _root.Options)
        {
            if (option is VersionOption)
                option.Action = new VersionText($"{Name} {number}");
        }

        HelpWithExamples.Extend(_root);
    }

    /// <summary>Runs what the command line asks for; returns the exit code.</summary>
    public int Run(string[] arguments)
    {
        // A path may begin with @.
        var given = _root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (given.Action is ParseErrorAction)
            return Refuse(given, arguments.Length == 0);
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = _screen.Output,
            Error = _screen.Error,
        };
        try
        {
            return given.Invoke(configuration);
        }
        catch (OperationCanceledException) when (_screen.Cancel.IsCancellationRequested)
        {
            _screen.Error.WriteLine($"{Name}: interrupted");
            return ExitCode.Interrupted;
        }
        catch (Exception failure)
        {
            return Failure.Tell(failure, $"{Name} {given.CommandResult.Command.Name}", _screen);
        }
    }

    private int Refuse(ParseResult given, bool isEmpty)
    {
        if (isEmpty)
        {
            _root.Parse(["--help"]).Invoke(new InvocationConfiguration { Output = _screen.Error });
            return ExitCode.Usage;
        }

        var messages = given.Errors.Select(error => error.Message).Distinct().ToArray();
        // What is unknown says more than what is missing because of it.
        var unknown = given.UnmatchedTokens.Count > 0 && given.CommandResult.Command == _root;
        foreach (var message in unknown ? messages[^1..] : messages)
        {
            // Some of the parser's messages are lists, a line for each that is allowed.
            foreach (var line in message.Split('\n'))
                _screen.Error.WriteLine($"{Name}: {Printable.Text(line.Replace('\t', ' ').TrimEnd('\r'))}");
        }

        var command = given.CommandResult.Command;
        _screen.Error.WriteLine($"Try '{Name}{(command == _root ? "" : $" {command.Name}")} --help'.");
        return ExitCode.Usage;
    }

    private sealed class VersionText(string text) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(text);
            return ExitCode.Ok;
        }
    }
}
