using System.Runtime.CompilerServices;
using K4os.Compression.LZ4;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Managed;

/// <summary>
/// K4os.Compression.LZ4, a port of LZ4 1.9.2 to C#. What the package makes public has no acceleration, and takes the
/// memory of HC from a pool of managed arrays; the ported functions below that have both, and are called by their names.
/// </summary>
internal readonly unsafe struct ManagedLz4 : ILz4
{
    private const string Assembly = "K4os.Compression.LZ4";
    private const string Tools = "K4os.Compression.LZ4.Engine.LL, " + Assembly;
    private const string Functions = "K4os.Compression.LZ4.Engine.LL64, " + Assembly;
    private const string StateHC = "K4os.Compression.LZ4.Engine.LL+LZ4_streamHC_t*, " + Assembly;

    /// <summary>Not used: the port keeps this state, 16 KiB, on the stack.</summary>
    public static int SizeOfState() => 1;

    public static int SizeOfStateHC() => PortedSizeOfStateHC(null);

    public static int CompressFast(byte* state, byte* source, byte* destination, int size, int capacity, int acceleration) =>
        PortedCompressFast(null, source, destination, size, capacity, acceleration);

    public static int CompressHC(byte* state, byte* source, byte* destination, int size, int capacity, int level) =>
        PortedCompressHC(null, state, source, destination, size, capacity, level);

    public static int Decompress(byte* source, byte* destination, int size, int capacity) =>
        LZ4Codec.Decode(source, size, destination, capacity);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "LZ4_sizeofStateHC")]
    private static extern int PortedSizeOfStateHC([UnsafeAccessorType(Tools)] object? type);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "LZ4_compress_fast")]
    private static extern int PortedCompressFast(
        [UnsafeAccessorType(Functions)] object? type, byte* source, byte* destination, int size, int capacity, int acceleration);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "LZ4_compress_HC_extStateHC")]
    private static extern int PortedCompressHC(
        [UnsafeAccessorType(Functions)] object? type, [UnsafeAccessorType(StateHC)] void* state, byte* source, byte* destination,
        int size, int capacity, int level);
}
