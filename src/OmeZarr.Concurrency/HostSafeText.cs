using System.Runtime.CompilerServices;

namespace OmeZarr.Concurrency;

/// <summary>
/// An interpolated string that is built on a thread of the host, inside a call that otherwise leaves the thread's floating-point
/// environment alone. Building it allocates, which may start a garbage collection, and that uses floating point. Costs nothing
/// until a string is built.
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

    /// <summary>The text; call once. Restores the host's environment on the thread.</summary>
    public string ToText()
    {
        var text = _text.ToStringAndClear();
        _host.Dispose();
        return text;
    }
}
