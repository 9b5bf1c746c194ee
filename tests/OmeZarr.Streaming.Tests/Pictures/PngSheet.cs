using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace OmeZarr.Streaming.Tests.Pictures;

/// <summary>A sheet of square pictures in rows, as a PNG of 16 steps per colour. Reads only what it has written.</summary>
internal static class PngSheet
{
    public const int Columns = 8;

    private const int Steps = 17; // 255 in 15 steps
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>What a colour becomes in the sheet.</summary>
    public static byte Rounded(byte color) => (byte)((color + Steps / 2) / Steps * Steps);

    /// <summary>The pictures, each as red, green and blue bytes.</summary>
    public static byte[] Write(IReadOnlyList<byte[]> pictures, int edge)
    {
        var rows = (pictures.Count + Columns - 1) / Columns;
        var width = Columns * edge;
        var lines = new byte[rows * edge * (1 + width * 3)];
        for (var i = 0; i < pictures.Count; i++)
        {
            for (var y = 0; y < edge; y++)
            {
                var line = lines.AsSpan((i / Columns * edge + y) * (1 + width * 3) + 1 + i % Columns * edge * 3, edge * 3);
                for (var x = 0; x < line.Length; x++)
                    line[x] = Rounded(pictures[i][y * edge * 3 + x]);
            }
        }

        using var file = new MemoryStream();
        file.Write(Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), rows * edge);
        (header[8], header[9]) = (8, 2);
        Chunk(file, "IHDR", header);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            zlib.Write(lines);
        Chunk(file, "IDAT", packed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>The picture of a number in such a file.</summary>
    public static byte[] Read(byte[] png, int number, int edge)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33));
        using var zlib = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress);
        using var lines = new MemoryStream();
        zlib.CopyTo(lines);
        var picture = new byte[edge * edge * 3];
        for (var y = 0; y < edge; y++)
        {
            lines.Position = (number / Columns * edge + y) * (1 + Columns * edge * 3L) + 1 + number % Columns * edge * 3;
            lines.ReadExactly(picture.AsSpan(y * edge * 3, edge * 3));
        }

        return picture;
    }

    private static void Chunk(MemoryStream file, string type, byte[] content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. content];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(body));
        file.Write(number);
    }

    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1;
        }

        return ~crc;
    }
}
