using System.Text;
using Spectre.Console;

namespace OmeZarr.Cli.Terminal;

/// <summary>Where the program speaks: answers go to the output, notes and progress to the error stream.</summary>
internal sealed class Screen
{
    /// <summary>Lines that go to a file or a pipe are not cut.</summary>
    private const int Unbounded = 10_000;

    private readonly IAnsiConsole _errorConsole;

    private Screen(TextWriter output, TextWriter error, CancellationToken cancel)
    {
        Output = output;
        Error = error;
        Cancel = cancel;
        Answer = ConsoleOn(output, isRedirected: Console.IsOutputRedirected);
        _errorConsole = ConsoleOn(error, isRedirected: Console.IsErrorRedirected);
    }

    /// <summary>Answers, as plain text.</summary>
    public TextWriter Output { get; }

    /// <summary>What is said beside the answer.</summary>
    public TextWriter Error { get; }

    /// <summary>Answers with colours and tables; plain where they go to a file or a pipe.</summary>
    public IAnsiConsole Answer { get; }

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Cancel { get; }

    public static Screen OfTheProcess(CancellationToken cancel)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        // Windows' consoles would take another one.
        if (OperatingSystem.IsWindows() && !Console.IsOutputRedirected)
            Console.OutputEncoding = utf8;
        var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true, NewLine = "\n" };
        var error = new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true, NewLine = "\n" };
        return new Screen(TextWriter.Synchronized(output), TextWriter.Synchronized(error), cancel);
    }

    /// <summary>After a progress that could not end by itself.</summary>
    public static void ShowCursor()
    {
        if (!Console.IsErrorRedirected)
            Console.Error.Write("\e[?25h");
    }

    /// <summary>Does something that takes long, with a bar on a terminal and silently elsewhere.</summary>
    /// <param name="what">Said beside the bar.</param>
    /// <param name="work">Tells how far it is.</param>
    public T WithProgress<T>(string what, Func<IProgressBar, T> work)
    {
        if (Console.IsErrorRedirected || !_errorConsole.Profile.Capabilities.Ansi)
            return work(SilentProgress.Instance);
        return _errorConsole.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(new TerminalProgress(context.AddTask(Markup.Escape(what)))));
    }

    private static IAnsiConsole ConsoleOn(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Interactive = isRedirected ? InteractionSupport.No : InteractionSupport.Detect,
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (isRedirected)
            console.Profile.Width = Unbounded;
        return console;
    }
}
