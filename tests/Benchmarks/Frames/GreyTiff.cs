using System.Buffers.Binary;

namespace OmeZarr.Benchmarks.Frames;

/// <summary>A 16-bit grey picture.</summary>
internal sealed record Picture(string Name, int Height, int Width, ushort[] Pixels);

/// <summary>Reads plain TIFF: uncompressed, 16-bit, channels as pages or as interleaved samples.</summary>
/// <seealso href="https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf"/>
internal static class GreyTiff
{
    private const int Width = 256, Height = 257, BitsPerSample = 258, CompressionTag = 259, StripOffsets = 273, SamplesPerPixel =
        277;
    private const int StripByteCounts = 279, PlanarConfiguration = 284;
    private const int ShortType = 3, LongType = 4;
    private const int Interleaved = 1, Uncompressed = 1;

    /// <summary>All channels of a file.</summary>
    /// <exception cref="InvalidDataException">It is not a TIFF of this kind.</exception>
    public static IEnumerable<Picture> Read(string path)
    {
        var file = File.ReadAllBytes(path);
        var little = file[0] == 'I';
        if (file.Length < 8 || U16(file, 2, little) != 42)
            throw new InvalidDataException($"{path} is not a TIFF");
        var name = Path.GetFileNameWithoutExtension(path);
        var pages = 0;
        for (long page = U32(file, 4, little); page != 0;)
        {
            var tags = Tags(file, (int)page, little, out page);
            foreach (var picture in Channels($"{name} {pages++}", file, tags, little))
                yield return picture;
        }
    }

    private static Dictionary<int, uint[]> Tags(byte[] file, int offset, bool little, out long next)
    {
        var count = U16(file, offset, little);
        var tags = new Dictionary<int, uint[]>();
        for (var i = 0; i < count; i++)
        {
            var entry = offset + 2 + 12 * i;
            var type = U16(file, entry + 2, little);
            var values = new uint[U32(file, entry + 4, little)];
            var size = type == ShortType ? 2 : 4;
            var at = values.Length * size <= 4 ? entry + 8 : (int)U32(file, entry + 8, little);
            if (type is ShortType or LongType)
            {
                for (var k = 0; k < values.Length; k++)
                    values[k] = size == 2 ? U16(file, at + 2 * k, little) : U32(file, at + 4 * k, little);
                tags[U16(file, entry, little)] = values;
            }
        }

        next = U32(file, offset + 2 + 12 * count, little);
        return tags;
    }

    private static IEnumerable<Picture> Channels(string name, byte[] file, Dictionary<int, uint[]> tags, bool little)
    {
        int height = (int)tags[Height][0], width = (int)tags[Width][0], samples = Value(tags, SamplesPerPixel);
        if (tags[BitsPerSample][0] != 16 || Value(tags, CompressionTag) != Uncompressed
            || Value(tags, PlanarConfiguration) != Interleaved)
            throw new InvalidDataException($"{name}: only uncompressed, interleaved pictures of 16 bits can be read");
        var values = new ushort[height * width * samples];
        var done = 0;
        foreach (var (offset, bytes) in tags[StripOffsets].Zip(tags[StripByteCounts]))
        {
            for (var i = 0; i < bytes / 2; i++)
                values[done++] = U16(file, (int)offset + 2 * i, little);
        }

        for (var sample = 0; sample < samples; sample++)
        {
            var pixels = new ushort[height * width];
            for (var i = 0; i < pixels.Length; i++)
                pixels[i] = values[i * samples + sample];
            yield return new Picture($"{name}.{sample}", height, width, pixels);
        }
    }

    // The default of each tag that may be absent is 1.
    private static int Value(Dictionary<int, uint[]> tags, int tag) => tags.TryGetValue(tag, out var values) ? (int)values[0] : 1;

    private static ushort U16(byte[] file, int at, bool little) => little
        ? BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at))
        : BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at));

    private static uint U32(byte[] file, int at, bool little) => little
        ? BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at))
        : BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
}
