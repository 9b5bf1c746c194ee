using System.Diagnostics;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Memory;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Benchmarks.Limits;

/// <summary>Speed of an encoder on one thread in MB/s of pixels, and how many times smaller its output is.</summary>
internal sealed record CodecSpeed(double MegabytesPerSecond, double Ratio)
{
    /// <summary>Encodes the chunks over and over for at least this long, after one chunk to warm up.</summary>
    public static CodecSpeed Measure(IChunkEncoder encoder, ChunkSet chunks, double seconds)
    {
        var room = ReferenceEncoders.MaxEncodedBytes(chunks.ChunkBytes);
        using var encoded = new NativeBuffer(room);
        var destination = encoded.Span(room);
        _ = encoder.Encode(chunks.Span(0), destination);
        long bytes = 0, size = 0;
        var started = Stopwatch.GetTimestamp();
        do
        {
            for (var chunk = 0; chunk < chunks.Count; chunk++)
                size += encoder.Encode(chunks.Span(chunk), destination);
            bytes += (long)chunks.ChunkBytes * chunks.Count;
        }
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds);
        return new CodecSpeed(bytes / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e6, (double)bytes / size);
    }
}
