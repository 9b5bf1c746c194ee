using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace OmeZarr.Memory;

/// <summary>
/// Something that must always hold does not: a defect of this library. Checked in release builds too. Whoever runs the work
/// makes it the stream's failure; it never ends the host.
/// </summary>
/// <param name="message">What was found, and what it means.</param>
public sealed class InvariantException(string message) : Exception($"a defect in this library: {message}")
{
    /// <summary>Whether a count of holders came to its end, which the one who counted last sees.</summary>
    /// <param name="left">The count after the caller counted itself out.</param>
    /// <param name="what">What is counted, for the message.</param>
    /// <exception cref="InvariantException">It has come below its end: somebody counted twice.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLast(long left, string what)
    {
        if (left < 0)
            ThrowCountedTwice(left, what);
        return left == 0;
    }

    [DoesNotReturn]
    private static void ThrowCountedTwice(long left, string what) =>
        throw new InvariantException($"{what} were counted {-left} times too often");
}
