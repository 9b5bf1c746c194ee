using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>Version and status texts of the library. They live as long as the process.</summary>
internal static unsafe class LibraryInfo
{
    /// <summary>OMZ_ABI_VERSION of the header.</summary>
    public const int AbiVersion = 1;

    /// <summary>The version and the commit that was built, zero-terminated.</summary>
    // SAFETY: as for StatusName; the compiler puts a zero behind each UTF-8 literal.
    public static byte* VersionText => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(BuildVersion.Text));

    /// <summary>Returned when there is no memory for a text. Needs none itself.</summary>
    public static byte* NoText => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("?\0"u8));

    // SAFETY: UTF-8 literals lie in the image's read-only data and never move.
    public static byte* StatusName(int status) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Status.Name(status)));
}
