using System.Runtime.CompilerServices;

namespace OmeZarr.Memory;

/// <summary>
/// A table of plain values that never moves and is zero at first. A large one has its own pages outside the managed heap: entries
/// that nobody writes to take no memory, and freed memory leaves the process at once. A small one shares pages with others on the
/// managed heap. Allocates nothing after construction.
/// </summary>
/// <remarks>
/// Any thread may use entries until <see cref="Dispose"/>, which the owner calls only once no thread does any more. A table that
/// is not disposed of goes with its last reference; code that uses an entry as its last action must keep the table alive.
/// </remarks>
public sealed unsafe class FixedTable<T> : IDisposable
    where T : unmanaged
{
    private readonly NativeBuffer? _native;
    private readonly T[]? _managed;
    private readonly T* _first;
    private int _length;

    /// <param name="length">Entries, at least 0.</param>
    /// <exception cref="InsufficientMemoryException">The system does not give that much.</exception>
    public FixedTable(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _length = length;
        if (FixedTable.IsNative<T>(length))
        {
            _native = new NativeBuffer((long)length * sizeof(T), isSparse: true);
            _first = (T*)_native.Pointer;
            return;
        }

        _managed = GC.AllocateArray<T>(Math.Max(1, length), pinned: true);
        // SAFETY: the array is pinned for its life, which is this table's.
        _first = (T*)Unsafe.AsPointer(ref _managed[0]);
    }

    /// <summary>Entries; 0 once it is disposed of.</summary>
    public int Length => _length;

    /// <summary>All entries, as long as the table lives.</summary>
    // SAFETY: so many were allocated.
    public Span<T> Span => new(_first, _length);

    /// <summary>An entry, checked as an array's is.</summary>
    public ref T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((ulong)index >= (ulong)_length)
                ThrowOutside();
            // SAFETY: checked above, and as many entries were allocated.
            return ref _first[index];
        }
    }

    public void Dispose()
    {
        // A late access by mistake fails its bounds check, and cannot reach memory that is somebody else's.
        _length = 0;
        _native?.Dispose();
    }

    private static void ThrowOutside() => throw new ArgumentOutOfRangeException("index");
}

/// <summary>Memory costs of tables.</summary>
public static unsafe class FixedTable
{
    /// <summary>A table of this size or more has its own pages.</summary>
    private const int LeastNativeBytes = 4096;

    /// <summary>The most memory that a table of so many entries takes, in bytes: the pages that its entries are in.</summary>
    public static long BytesFor<T>(int length)
        where T : unmanaged
    {
        var bytes = (long)length * sizeof(T);
        return IsNative<T>(length)
            ? checked(bytes + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize : bytes;
    }

    /// <summary>The part of it on the managed heap.</summary>
    public static long HeapBytesFor<T>(int length)
        where T : unmanaged => IsNative<T>(length) ? 0 : (long)length * sizeof(T);

    internal static bool IsNative<T>(int length)
        where T : unmanaged => (long)length * sizeof(T) >= LeastNativeBytes;
}
