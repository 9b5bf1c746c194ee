using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OmeZarr.Zarr.Codecs;

/// <summary>
/// The CRC-32C (Castagnoli) of RFC 3720, which Zarr's <c>crc32c</c> codec and shard indexes use. Uses the processor's
/// instruction where there is one. Thread-safe.
/// </summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/crc32c/index.html"/>
public static class Crc32C
{
    /// <summary>Bytes that a stored checksum takes.</summary>
    public const int SizeInBytes = sizeof(uint);

    /// <summary>Bytes of one lane: three lanes are summed at once, since the instruction has a latency of three cycles.</summary>
    private const int CameraBytes = 1024;

    private const int BytesPerStep = sizeof(ulong);

    /// <summary>What appending <see cref="CameraBytes"/> zeros does to each byte of a checksum register.</summary>
    private static readonly uint[] ShiftByOneLane = BuildShift();

    /// <summary>The checksum of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        while (data.Length >= 3 * CameraBytes)
        {
            crc = UpdateThreeLanes(crc, MemoryMarshal.Cast<byte, ulong>(data[..(3 * CameraBytes)]));
            data = data[(3 * CameraBytes)..];
        }

        return ~UpdateOneLane(crc, data);
    }

    /// <summary>Writes the checksum of <paramref name="data"/> as it is stored: four bytes, little-endian.</summary>
    public static void Write(ReadOnlySpan<byte> data, Span<byte> destination) =>
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Compute(data));

    /// <summary>Whether the four stored bytes <paramref name="checksum"/> belong to <paramref name="data"/>.</summary>
    public static bool Matches(ReadOnlySpan<byte> data, ReadOnlySpan<byte> checksum) =>
        BinaryPrimitives.ReadUInt32LittleEndian(checksum) == Compute(data);

    private static uint UpdateThreeLanes(uint crc, ReadOnlySpan<ulong> words)
    {
        const int Steps = CameraBytes / BytesPerStep;
        var first = words[..Steps];
        var second = words.Slice(Steps, Steps);
        var third = words.Slice(2 * Steps, Steps);
        uint crc2 = 0, crc3 = 0;
        for (var i = 0; i < Steps; i++)
        {
            crc = BitOperations.Crc32C(crc, LittleEndian(first[i]));
            crc2 = BitOperations.Crc32C(crc2, LittleEndian(second[i]));
            crc3 = BitOperations.Crc32C(crc3, LittleEndian(third[i]));
        }

        return Shift(Shift(crc) ^ crc2) ^ crc3;
    }

    private static uint UpdateOneLane(uint crc, ReadOnlySpan<byte> data)
    {
        for (; data.Length >= BytesPerStep; data = data[BytesPerStep..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var value in data)
            crc = BitOperations.Crc32C(crc, value);
        return crc;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LittleEndian(ulong word) =>
        BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);

    private static uint Shift(uint crc) =>
        ShiftByOneLane[crc & 0xFF]
        ^ ShiftByOneLane[256 + (crc >> 8 & 0xFF)]
        ^ ShiftByOneLane[512 + (crc >> 16 & 0xFF)]
        ^ ShiftByOneLane[768 + (crc >> 24)];

    /// <summary>The register is linear in its bits, so 32 runs over zeros give all 1024 entries.</summary>
    private static uint[] BuildShift()
    {
        Span<uint> ofBit = stackalloc uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            var crc = 1u << bit;
            for (var i = 0; i < CameraBytes; i += BytesPerStep)
                crc = BitOperations.Crc32C(crc, 0ul);
            ofBit[bit] = crc;
        }

        var table = new uint[4 * 256];
        for (var i = 0; i < table.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                if ((i >> bit & 1) != 0)
                    table[i] ^= ofBit[i / 256 * 8 + bit];
            }
        }

        return table;
    }
}
