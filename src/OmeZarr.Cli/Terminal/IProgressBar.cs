using Spectre.Console;

namespace OmeZarr.Cli.Terminal;

/// <summary>How far something that takes long has come. Any thread.</summary>
internal interface IProgressBar
{
    /// <summary>What there is to do in all.</summary>
    void SetTotal(double total);

    /// <summary>Some more is done.</summary>
    void Add(double done);

    /// <summary>What is being done now.</summary>
    void Say(string what);
}

/// <summary>No terminal looks at it.</summary>
internal sealed class SilentProgress : IProgressBar
{
    public static readonly SilentProgress Instance = new();

    public void SetTotal(double total)
    {
    }

    public void Add(double done)
    {
    }

    public void Say(string what)
    {
    }
}

/// <summary>A bar on a terminal.</summary>
internal sealed class TerminalProgress(ProgressTask task) : IProgressBar
{
    public void SetTotal(double total) => task.MaxValue = Math.Max(total, 1);

    public void Add(double done) => task.Increment(done);

    public void Say(string what) => task.Description = Markup.Escape(Printable.Text(what, 40));
}
