using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace OmeZarr.Litmus;

/// <summary>So large that writing it takes long enough for others to see it half written.</summary>
[InlineArray(Words)]
internal struct LargeItem
{
    private const int Words = 256;

    private long _first;

    public readonly int Producer => (int)(_first >> 32);

    public readonly int Number => (int)_first;

    public static LargeItem Of(int producer, int number)
    {
        LargeItem item = default;
        ((Span<long>)item).Fill((long)producer << 32 | (uint)number);
        return item;
    }

    [UnscopedRef]
    public readonly bool IsTorn => ((ReadOnlySpan<long>)this).ContainsAnyExcept(_first);
}
