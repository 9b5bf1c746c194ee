using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace OmeZarr.Memory;

/// <summary>
/// Something that must always hold does not: a defect of this library. Checked in release builds too. The thread that runs the
/// work turns it into the stream's failure; it never ends the host.
/// </summary>
/// <param name="message">What was found, and what it means.</param>
public sealed class InvariantException(string message) : Exception($"a defect in this library: {message}")
{
    /// <summary>Whether a count has reached zero; true for the one caller whose release was the last.</summary>
    /// <param name="left">The count after the caller's own decrement.</param>
    /// <param name="what">What is counted, for the message.</param>
    /// <exception cref="InvariantException">The count is negative: somebody counted twice.</exception>
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
