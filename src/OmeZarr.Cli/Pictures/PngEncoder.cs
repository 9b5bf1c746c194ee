using System.Buffers.Binary;
using System.IO.Compression;

namespace OmeZarr.Cli.Pictures;

/// <summary>
/// Writes PNG: a signature, three kinds of chunks with their CRC, and rows of pixels in a zlib stream, which .NET brings along.
/// </summary>
/// <seealso href="https://www.w3.org/TR/png-3/">PNG, third edition</seealso>
internal static class PngEncoder
{
    private const int MostRowsAtOnce = 64;

    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcOfByte)];

    /// <summary>Writes a picture of red, green and blue bytes, in rows from the top.</summary>
    public static void Write(Stream to, int width, int height, ReadOnlySpan<byte> rgb)
    {
        const int headerBytes = 13, bitsPerSample = 8, trueColor = 2;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)rgb.Length, 3L * width * height);
        to.Write(Signature);
        Span<byte> header = stackalloc byte[headerBytes];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = bitsPerSample;
        header[9] = trueColor;
        WriteChunk(to, "IHDR"u8, header);
        WritePixels(to, width, height, rgb);
        WriteChunk(to, "IEND"u8, []);
    }

    private static void WritePixels(Stream to, int width, int height, ReadOnlySpan<byte> rgb)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var row = new byte[1 + 3 * width];
            for (var y = 0; y < height; y++)
            {
                Filter(rgb.Slice(3 * width * y, 3 * width), y == 0 ? [] : rgb.Slice(3 * width * (y - 1), 3 * width), row);
                zlib.Write(row);
                if (y % MostRowsAtOnce == 0)
                    Flush(to, packed);
            }
        }

        Flush(to, packed);
    }

    // Differences to the pixel above compress better than pixels do.
    private static void Filter(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> filtered)
    {
        const byte up = 2, none = 0;
        filtered[0] = above.IsEmpty ? none : up;
        for (var i = 0; i < row.Length; i++)
            filtered[1 + i] = above.IsEmpty ? row[i] : (byte)(row[i] - above[i]);
    }

    private static void Flush(Stream to, MemoryStream packed)
    {
        if (packed.Length == 0)
            return;
        WriteChunk(to, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        packed.SetLength(0);
    }

    private static void WriteChunk(Stream to, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        to.Write(number);
        to.Write(type);
        to.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        to.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    private static uint CrcOfByte(int value)
    {
        const uint polynomial = 0xedb88320;
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) == 0 ? crc >> 1 : polynomial ^ (crc >> 1);
        return crc;
    }
}
