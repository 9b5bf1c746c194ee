using System.Text.Json;
using OmeZarr.Zarr.Blosc;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Json;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Codecs;

/// <summary>
/// The chain of codecs of an array's chunks, prepared once: elements to little-endian bytes, then the compressor, then
/// <c>crc32c</c>. Immutable and thread-safe; the encoders and decoders it makes are not.
/// </summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/index.html"/>
public sealed class ChunkCodec
{
    private readonly CompressionLibraries _libraries;

    /// <param name="compression">The compressor and its settings.</param>
    /// <param name="checksum">Whether each chunk ends in a crc32c of its compressed bytes.</param>
    /// <param name="type">The elements' type; Blosc shuffles by its size.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public ChunkCodec(Compression compression, bool checksum, DataType type)
        : this(compression, checksum, type, CodecSelection.Libraries)
    {
    }

    /// <summary>Over libraries that need not be those of the build; for tests that compare them.</summary>
    internal ChunkCodec(Compression compression, bool checksum, DataType type, CompressionLibraries libraries)
    {
        ArgumentNullException.ThrowIfNull(compression);
        CompressionLimits.Check(compression);
        Compression = compression;
        Checksum = checksum;
        DataType = type;
        _libraries = libraries;
    }

    public Compression Compression { get; }

    public bool Checksum { get; }

    public DataType DataType { get; }

    /// <summary>
    /// The most bytes that a chunk of <paramref name="chunkBytes"/> bytes can take once encoded, with its checksum.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The size is not positive, or the worst case would exceed 2^31 - 1 bytes.
    /// </exception>
    public int MaxEncodedBytes(int chunkBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkBytes);
        var max = MaxCompressedBytes(chunkBytes) + (Checksum ? Crc32C.SizeInBytes : 0);
        if (max <= int.MaxValue)
            return (int)max;
        throw new ArgumentOutOfRangeException(
            nameof(chunkBytes),
            chunkBytes,
            $"A chunk of {chunkBytes} bytes could take {max} bytes once encoded, and {int.MaxValue} is the limit; "
            + "choose a smaller chunk.");
    }

    /// <summary>The most memory that an encoder for chunks of <paramref name="chunkBytes"/> bytes holds.</summary>
    public long EncoderBytes(int chunkBytes) => EncoderMemory.Of(Compression, DataType.Size(), chunkBytes, _libraries);

    /// <summary>Makes an encoder for chunks of <paramref name="chunkBytes"/> bytes; the caller disposes of it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">As for <see cref="MaxEncodedBytes"/>.</exception>
    /// <exception cref="CodecException">The codec's library could not allocate its working memory.</exception>
    public IChunkEncoder CreateEncoder(int chunkBytes)
    {
        _ = MaxEncodedBytes(chunkBytes);
        IChunkEncoder encoder = Compression switch
        {
            Compression.Blosc blosc => new BloscEncoder(blosc, DataType.Size(), chunkBytes, _libraries),
            Compression.Zstd zstd => new ZstdEncoder(zstd, chunkBytes, _libraries),
            Compression.Gzip gzip => new GzipEncoder(gzip, chunkBytes),
            _ => new RawEncoder(chunkBytes),
        };
        return Checksum ? new ChecksumEncoder(encoder) : encoder;
    }

    /// <summary>Makes a decoder for chunks of <paramref name="chunkBytes"/> bytes; the caller disposes of it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">As for <see cref="MaxEncodedBytes"/>.</exception>
    /// <exception cref="CodecException">The codec's library could not allocate its working memory.</exception>
    public IChunkDecoder CreateDecoder(int chunkBytes)
    {
        _ = MaxEncodedBytes(chunkBytes);
        IChunkDecoder decoder = Compression switch
        {
            Compression.Blosc => new BloscDecoder(chunkBytes, _libraries),
            Compression.Zstd => new ZstdDecoder(chunkBytes, _libraries),
            Compression.Gzip => new GzipDecoder(chunkBytes),
            _ => new RawDecoder(chunkBytes),
        };
        return Checksum ? new ChecksumDecoder(decoder) : decoder;
    }

    /// <summary>Writes the value of a <c>codecs</c> member: <c>[bytes, compressor, crc32c]</c>.</summary>
    public void WriteJson(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ChunkCodecJson.Write(writer, this);
    }

    /// <summary>Reads the value of a <c>codecs</c> member.</summary>
    /// <exception cref="ZarrFormatException">The chain is malformed, or has a codec that is not supported.</exception>
    public static ChunkCodec ParseJson(JsonElement codecs, DataType type) => ChunkCodecJson.Parse(codecs, type);

    private long MaxCompressedBytes(int chunkBytes) => Compression switch
    {
        Compression.Blosc => BloscHeader.MaxChunkBytes(chunkBytes),
        Compression.Zstd => ZstdEncoder.MaxEncodedBytes(chunkBytes),
        Compression.Gzip => GzipEncoder.MaxEncodedBytes(chunkBytes),
        _ => chunkBytes,
    };
}
