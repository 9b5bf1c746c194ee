using System.Runtime.InteropServices;

namespace OmeZarr.Concurrency;

/// <summary>
/// A 64-bit number alone on its cache lines, so that threads writing different ones do not slow each other down.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 2 * CacheLine)]
public struct PaddedLong
{
    /// <summary>Bytes: the largest cache line (and adjacent-line prefetch unit) of the supported processors.</summary>
    public const int CacheLine = 128;

    [FieldOffset(CacheLine)]
    public long Value;
}
