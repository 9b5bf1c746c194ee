using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>What the library says of itself. The texts live as long as the process.</summary>
internal static unsafe class LibraryInfo
{
    /// <summary>OMZ_ABI_VERSION of the header.</summary>
    public const int AbiVersion = 1;

    /// <summary>The assembly's version, three numbers, zero-terminated.</summary>
    public static byte* VersionText { get; } = Permanent(typeof(LibraryInfo).Assembly.GetName().Version!.ToString(3));

    /// <summary>In place of a text for which there is no memory. Needs none itself.</summary>
    public static byte* NoText => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("?\0"u8));

    // SAFETY: UTF-8 literals lie in the image's read-only data and never move.
    public static byte* StatusName(int status) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Status.Name(status)));

    // Never freed: callers may keep the pointer.
    private static byte* Permanent(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text + '\0');
        var memory = (byte*)NativeMemory.Alloc((nuint)utf8.Length);
        utf8.CopyTo(new Span<byte>(memory, utf8.Length));
        return memory;
    }
}
