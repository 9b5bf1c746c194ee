using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarr.Zarr.Elements;
using OmeZarrNative.Abi;

namespace OmeZarrNative.LabView;

/// <summary>The calls of omezarr_labview.h: frames.</summary>
internal static unsafe class FramesExports
{
    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_u8", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendU8(ulong stream, byte* pixels, int count) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Append(a.stream, DataType.UInt8, (byte*)a.pixels, a.count),
            (stream, pixels: (nint)pixels, count));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_u16", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendU16(ulong stream, byte* pixels, int count) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Append(a.stream, DataType.UInt16, (byte*)a.pixels, a.count),
            (stream, pixels: (nint)pixels, count));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_u32", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendU32(ulong stream, byte* pixels, int count) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Append(a.stream, DataType.UInt32, (byte*)a.pixels, a.count),
            (stream, pixels: (nint)pixels, count));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_u64", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendU64(ulong stream, byte* pixels, int count) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Append(a.stream, DataType.UInt64, (byte*)a.pixels, a.count),
            (stream, pixels: (nint)pixels, count));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_i8", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendI8(ulong stream, byte* pixels, int count) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Append(a.stream, DataType.Int8, (byte*)a.pixels, a.count),
            (stream, pixels: (nint)pixels, count));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_i16", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendI16(ulong stream, byte* pixels, int count) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Append(a.stream, DataType.Int16, (byte*)a.pixels, a.count),
            (stream, pixels: (nint)pixels, count));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_i32", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendI32(ulong stream, byte* pixels, int count) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Append(a.stream, DataType.Int32, (byte*)a.pixels, a.count),
            (stream, pixels: (nint)pixels, count));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_i64", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendI64(ulong stream, byte* pixels, int count) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Append(a.stream, DataType.Int64, (byte*)a.pixels, a.count),
            (stream, pixels: (nint)pixels, count));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_sgl", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendSgl(ulong stream, byte* pixels, int count) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Append(a.stream, DataType.Float32, (byte*)a.pixels, a.count),
            (stream, pixels: (nint)pixels, count));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_dbl", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendDbl(ulong stream, byte* pixels, int count) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Append(a.stream, DataType.Float64, (byte*)a.pixels, a.count),
            (stream, pixels: (nint)pixels, count));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_u8_ex", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendU8Ex(
        ulong stream, byte* pixels, int count, long index, double deltaT, double exposureTime, double positionX,
        double positionY, double positionZ, long timestampNs, byte* metadataJson) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.AppendDescribed(a.stream, DataType.UInt8, (byte*)a.pixels, a.count, new GivenFrame(a.index,
                a.deltaT, a.exposureTime, a.positionX, a.positionY, a.positionZ, a.timestampNs, a.metadataJson)),
            (stream, pixels: (nint)pixels, count, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_u16_ex", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendU16Ex(
        ulong stream, byte* pixels, int count, long index, double deltaT, double exposureTime, double positionX,
        double positionY, double positionZ, long timestampNs, byte* metadataJson) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.AppendDescribed(a.stream, DataType.UInt16, (byte*)a.pixels, a.count,
                new GivenFrame(a.index, a.deltaT, a.exposureTime, a.positionX, a.positionY, a.positionZ, a.timestampNs,
                a.metadataJson)),
            (stream, pixels: (nint)pixels, count, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_u32_ex", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendU32Ex(
        ulong stream, byte* pixels, int count, long index, double deltaT, double exposureTime, double positionX,
        double positionY, double positionZ, long timestampNs, byte* metadataJson) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.AppendDescribed(a.stream, DataType.UInt32, (byte*)a.pixels, a.count,
                new GivenFrame(a.index, a.deltaT, a.exposureTime, a.positionX, a.positionY, a.positionZ, a.timestampNs,
                a.metadataJson)),
            (stream, pixels: (nint)pixels, count, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_u64_ex", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendU64Ex(
        ulong stream, byte* pixels, int count, long index, double deltaT, double exposureTime, double positionX,
        double positionY, double positionZ, long timestampNs, byte* metadataJson) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.AppendDescribed(a.stream, DataType.UInt64, (byte*)a.pixels, a.count,
                new GivenFrame(a.index, a.deltaT, a.exposureTime, a.positionX, a.positionY, a.positionZ, a.timestampNs,
                a.metadataJson)),
            (stream, pixels: (nint)pixels, count, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_i8_ex", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendI8Ex(
        ulong stream, byte* pixels, int count, long index, double deltaT, double exposureTime, double positionX,
        double positionY, double positionZ, long timestampNs, byte* metadataJson) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.AppendDescribed(a.stream, DataType.Int8, (byte*)a.pixels, a.count, new GivenFrame(a.index,
                a.deltaT, a.exposureTime, a.positionX, a.positionY, a.positionZ, a.timestampNs, a.metadataJson)),
            (stream, pixels: (nint)pixels, count, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_i16_ex", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendI16Ex(
        ulong stream, byte* pixels, int count, long index, double deltaT, double exposureTime, double positionX,
        double positionY, double positionZ, long timestampNs, byte* metadataJson) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.AppendDescribed(a.stream, DataType.Int16, (byte*)a.pixels, a.count, new GivenFrame(a.index,
                a.deltaT, a.exposureTime, a.positionX, a.positionY, a.positionZ, a.timestampNs, a.metadataJson)),
            (stream, pixels: (nint)pixels, count, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_i32_ex", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendI32Ex(
        ulong stream, byte* pixels, int count, long index, double deltaT, double exposureTime, double positionX,
        double positionY, double positionZ, long timestampNs, byte* metadataJson) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.AppendDescribed(a.stream, DataType.Int32, (byte*)a.pixels, a.count, new GivenFrame(a.index,
                a.deltaT, a.exposureTime, a.positionX, a.positionY, a.positionZ, a.timestampNs, a.metadataJson)),
            (stream, pixels: (nint)pixels, count, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_i64_ex", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendI64Ex(
        ulong stream, byte* pixels, int count, long index, double deltaT, double exposureTime, double positionX,
        double positionY, double positionZ, long timestampNs, byte* metadataJson) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.AppendDescribed(a.stream, DataType.Int64, (byte*)a.pixels, a.count, new GivenFrame(a.index,
                a.deltaT, a.exposureTime, a.positionX, a.positionY, a.positionZ, a.timestampNs, a.metadataJson)),
            (stream, pixels: (nint)pixels, count, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_sgl_ex", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendSglEx(
        ulong stream, byte* pixels, int count, long index, double deltaT, double exposureTime, double positionX,
        double positionY, double positionZ, long timestampNs, byte* metadataJson) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.AppendDescribed(a.stream, DataType.Float32, (byte*)a.pixels, a.count,
                new GivenFrame(a.index, a.deltaT, a.exposureTime, a.positionX, a.positionY, a.positionZ, a.timestampNs,
                a.metadataJson)),
            (stream, pixels: (nint)pixels, count, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_dbl_ex", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendDblEx(
        ulong stream, byte* pixels, int count, long index, double deltaT, double exposureTime, double positionX,
        double positionY, double positionZ, long timestampNs, byte* metadataJson) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.AppendDescribed(a.stream, DataType.Float64, (byte*)a.pixels, a.count,
                new GivenFrame(a.index, a.deltaT, a.exposureTime, a.positionX, a.positionY, a.positionZ, a.timestampNs,
                a.metadataJson)),
            (stream, pixels: (nint)pixels, count, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_append_address", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendAddress(
        ulong stream, ulong address, ulong sizeBytes, ulong rowStride, long index, double deltaT, double exposureTime,
        double positionX, double positionY, double positionZ, long timestampNs, byte* metadataJson) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.AppendAddress(a.stream, a.address, a.sizeBytes, a.rowStride, new GivenFrame(a.index,
                a.deltaT, a.exposureTime, a.positionX, a.positionY, a.positionZ, a.timestampNs, a.metadataJson)),
            (stream, address, sizeBytes, rowStride, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_frame_index", CallConvs = [typeof(CallConvCdecl)])]
    public static int FrameIndex(ulong stream, long* coordinates, int count, long* index) =>
        AbiGuard.CallOn(stream,
            static a => CoordinateCalls.Index(a.stream, (long*)a.coordinates, a.count, (long*)a.index),
            (stream, coordinates: (nint)coordinates, count, index: (nint)index));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_skip", CallConvs = [typeof(CallConvCdecl)])]
    public static int Skip(ulong stream, ulong count) =>
        AbiGuard.CallOn(stream,
            static a => StreamCalls.Skip(a.stream, a.count),
            (stream, count));
}
