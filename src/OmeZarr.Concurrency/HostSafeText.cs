using System.Runtime.CompilerServices;

namespace OmeZarr.Concurrency;

/// <summary>
/// An interpolated text that is made on a thread of the host's, inside a call that otherwise leaves the thread's floating-point
/// environment as it is: memory is asked for, garbage may be collected for it, and that computes. Costs nothing until a text is made.
/// </summary>
[InterpolatedStringHandler]
public ref struct HostSafeText
{
    private readonly FloatEnvironment.Kept _host;
    private DefaultInterpolatedStringHandler _text;

    /// <param name="literalLength">Of the compiler.</param>
    /// <param name="formattedCount">Of the compiler.</param>
    public HostSafeText(int literalLength, int formattedCount)
    {
        _host = FloatEnvironment.UseDefault();
        _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>The text; once. The thread has the host's environment again.</summary>
    public string ToText()
    {
        var text = _text.ToStringAndClear();
        _host.Dispose();
        return text;
    }
}
