using System.Buffers.Binary;
using OmeZarr.Zarr.Blosc;

namespace OmeZarr.Zarr.Tests.Codecs.Blosc;

/// <summary>What a chunk says of its streams, read off its bytes.</summary>
internal sealed class BloscStreams
{
    /// <summary>For each stream of the whole blocks: its place in the element, its bytes, and its bytes as stored.</summary>
    internal List<(int Plane, int Bytes, int StoredBytes)> All { get; } = [];

    internal bool IsStoredWhole { get; }

    internal BloscStreams(byte[] chunk)
    {
        var header = BloscHeader.Read(chunk);
        IsStoredWhole = header.Stored;
        if (IsStoredWhole)
            return;
        var streams = header.Split ? header.TypeSize : 1;
        for (var block = 0; (block + 1) * header.BlockBytes <= header.UncompressedBytes; block++)
        {
            var at = BinaryPrimitives.ReadInt32LittleEndian(chunk.AsSpan(BloscHeader.SizeInBytes + block * sizeof(int)));
            for (var plane = 0; plane < streams; plane++)
            {
                var stored = BinaryPrimitives.ReadInt32LittleEndian(chunk.AsSpan(at));
                All.Add((plane, header.BlockBytes / streams, stored));
                at += sizeof(int) + stored;
            }
        }
    }

    internal bool IsPlaneStored(int plane) =>
        All.Exists(stream => stream.Plane == plane) && All.TrueForAll(s => s.Plane != plane || s.StoredBytes == s.Bytes);

    internal bool IsPlaneCompressed(int plane) => All.TrueForAll(s => s.Plane != plane || s.StoredBytes < s.Bytes);
}
