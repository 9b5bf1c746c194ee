using System.Runtime.InteropServices;

namespace OmeZarr.Zarr.Tests.Codecs;

/// <summary>
/// Memory that ends where a page begins that nobody may touch: one byte read or written too far ends the test run.
/// Elsewhere than on Linux it is ordinary memory.
/// </summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ProtectNone = 0;
    private const int ProtectReadWrite = 3;
    private const int MapPrivateAnonymous = 0x22;

    private readonly byte* _mapping;
    private readonly nuint _mappedBytes;
    private readonly byte* _start;
    private readonly int _length;

    internal GuardedMemory(ReadOnlySpan<byte> content)
        : this(content.Length) => content.CopyTo(Span);

    internal GuardedMemory(int length)
    {
        _length = length;
        var page = (nuint)Environment.SystemPageSize;
        var usable = ((nuint)length + page - 1) / page * page;
        _mappedBytes = usable + page;
        if (!OperatingSystem.IsLinux())
        {
            // SAFETY: freed in Dispose.
            _start = _mapping = (byte*)NativeMemory.AllocZeroed(_mappedBytes);
            return;
        }

        // SAFETY: a fresh mapping whose last page is closed; unmapped in Dispose.
        _mapping = (byte*)MMap(null, _mappedBytes, ProtectReadWrite, MapPrivateAnonymous, -1, 0);
        if (_mapping == (byte*)-1 || MProtect(_mapping + usable, page, ProtectNone) != 0)
            throw new InvalidOperationException("The guarded memory could not be mapped.");
        _start = _mapping + usable - length;
    }

    // SAFETY: the mapping has this many bytes from the start to the guard page.
    internal Span<byte> Span => new(_start, _length);

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
            _ = MUnmap(_mapping, _mappedBytes);
        else
            NativeMemory.Free(_mapping);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* MMap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int MProtect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MUnmap(void* address, nuint length);
}
