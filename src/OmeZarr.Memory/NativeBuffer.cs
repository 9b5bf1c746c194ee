using System.Runtime.InteropServices;

namespace OmeZarr.Memory;

/// <summary>
/// A block of page-aligned memory outside the managed heap, given back to the operating system when disposed.
/// Lengths are 64-bit: a span covers at most 2 GiB, so larger blocks are addressed through <see cref="Pointer"/>.
/// </summary>
/// <remarks>
/// The system provides pages as zeros, and they take memory only once touched. Owned by its creator; not thread-safe against <see
/// cref="Dispose"/>.
/// </remarks>
public sealed unsafe partial class NativeBuffer : IDisposable
{
    /// <summary>
    /// Alignment and granularity of every buffer, in bytes: a page on every supported system, or a multiple of one.
    /// </summary>
    public const int Alignment = 16384;

    /// <summary>Mapped per request to the system: about a millisecond's work.</summary>
    private const long PrefaultBytes = 4L << 20;

    private byte* _pointer;
    private long _prefaulted;

    /// <param name="length">Bytes; at least 1. Rounded up to whole pages.</param>
    /// <param name="isSparse">Whether most of it may never be touched: then the system should map it page by page.</param>
    /// <exception cref="InsufficientMemoryException">The system does not give that much.</exception>
    public NativeBuffer(long length, bool isSparse = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = AlignUp(length);
        _pointer = OperatingSystem.IsWindows() ? AllocateOnWindows(Length) : Map(Length);
        AskForPages(isSparse);
    }

    ~NativeBuffer() => Free();

    /// <summary>The first byte; null after <see cref="Dispose"/>.</summary>
    public byte* Pointer => _pointer;

    /// <summary>Usable bytes, a multiple of <see cref="Alignment"/>.</summary>
    public long Length { get; }

    /// <summary>The first <paramref name="length"/> bytes as a span (at most 2 GiB - 1).</summary>
    public Span<byte> Span(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)length, Length);
        ObjectDisposedException.ThrowIf(_pointer == null, this);
        // SAFETY: length was checked against this buffer's own length, which is alive.
        return new Span<byte>(_pointer, length);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Leaves the memory to the process for good: code outside may still write to it.</summary>
    public void Abandon() => _pointer = null;

    /// <summary>
    /// Has the system map the next few pages, first to last, without changing their content, so that later writers do not wait
    /// for them. Any threads, also while others use the buffer. Returns false when all are mapped, or where the system cannot do
    /// that.
    /// </summary>
    public bool Prefault()
    {
        if (Volatile.Read(ref _prefaulted) >= Length)
            return false;
        var from = Interlocked.Add(ref _prefaulted, PrefaultBytes) - PrefaultBytes;
        if (from < Length && !TryPopulate(from, Math.Min(PrefaultBytes, Length - from)))
            Volatile.Write(ref _prefaulted, Length);
        return true;
    }

    /// <summary>Rounds a size up to whole <see cref="Alignment"/> units, checked.</summary>
    public static long AlignUp(long length) => checked(length + Alignment - 1) / Alignment * Alignment;

    private bool TryPopulate(long offset, long length)
    {
        const int populateForWriting = 23;
        // SAFETY: the part lies in this buffer, which the caller keeps alive.
        return OperatingSystem.IsLinux() && MAdvise(_pointer + offset, (nuint)length, populateForWriting) == 0;
    }

    private void Free()
    {
        var pointer = _pointer;
        _pointer = null;
        if (pointer == null)
            return;
        if (OperatingSystem.IsWindows())
            NativeMemory.AlignedFree(pointer);
        else
            _ = MUnmap(pointer, (nuint)Length);
    }

    private static byte* AllocateOnWindows(long length)
    {
        var pointer = NativeMemory.AlignedAlloc(checked((nuint)length), Alignment);
        NativeMemory.Clear(pointer, (nuint)length);
        return (byte*)pointer;
    }

    // mmap rather than the C heap: what is freed leaves the process at once, so that memory stays flat over many streams.
    private static byte* Map(long length)
    {
        const int protectionReadWrite = 1 | 2;
        const int mapPrivate = 2;
        var mapAnonymous = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;
        var pointer = MMap(null, checked((nuint)length), protectionReadWrite, mapPrivate | mapAnonymous, -1, 0);
        if (pointer == (void*)-1)
            throw new InsufficientMemoryException($"The system refused {length} bytes of memory.");
        return (byte*)pointer;
    }

    // Huge pages mean fewer page faults while the first frames are copied in. Small pages are for sparse buffers: where the
    // system uses huge pages by default, one touched byte would take 2 MiB. Only a hint: a kernel without huge pages refuses it.
    private void AskForPages(bool isSparse)
    {
        const int adviseHugePage = 14;
        const int adviseNoHugePage = 15;
        const long hugePage = 2 << 20;
        if (OperatingSystem.IsLinux() && (isSparse || Length >= 2 * hugePage))
            _ = MAdvise(_pointer, (nuint)Length, isSparse ? adviseNoHugePage : adviseHugePage);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* MMap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MUnmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MAdvise(void* address, nuint length, int advice);
}
