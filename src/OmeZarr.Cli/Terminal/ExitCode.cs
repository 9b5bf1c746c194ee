namespace OmeZarr.Cli.Terminal;

/// <summary>How the program ends, for scripts; docs/omezarr.md lists them.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>It did what it was asked for, and what it looked at is not as it should be.</summary>
    public const int Problems = 1;

    /// <summary>The command line, or a settings file, is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>Something could not be read or written.</summary>
    public const int CannotAccess = 3;

    /// <summary>As shells say of what Ctrl-C has ended.</summary>
    public const int Interrupted = 130;
}
