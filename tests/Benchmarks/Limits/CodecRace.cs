using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Memory;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Benchmarks.Limits;

/// <summary>
/// Two encoders on one thread, chunk set by chunk set in turn. Each one's fastest pass counts, in processor time: what else goes
/// on on the machine only ever adds to it.
/// </summary>
internal static class CodecRace
{
    public static (CodecSpeed First, CodecSpeed Second) Run(
        IChunkEncoder first, IChunkEncoder second, ChunkSet chunks, double seconds)
    {
        const int LeastPasses = 5;
        var room = ReferenceEncoders.MaxEncodedBytes(chunks.ChunkBytes);
        using var encoded = new NativeBuffer(room);
        var destination = encoded.Span(room);
        double best1 = double.MaxValue, best2 = double.MaxValue, spent = 0;
        long size1 = 0, size2 = 0;
        for (var pass = 0; pass < LeastPasses || spent < seconds; pass++)
        {
            var time1 = Pass(first, chunks, destination, out size1);
            var time2 = Pass(second, chunks, destination, out size2);
            (best1, best2) = (Math.Min(best1, time1), Math.Min(best2, time2));
            spent += time1 + time2;
        }

        var bytes = (double)chunks.ChunkBytes * chunks.Count;
        return (new CodecSpeed(bytes / best1 / 1e6, bytes / size1), new CodecSpeed(bytes / best2 / 1e6, bytes / size2));
    }

    private static double Pass(IChunkEncoder encoder, ChunkSet chunks, Span<byte> destination, out long size)
    {
        size = 0;
        var started = ThreadTime.Now;
        for (var chunk = 0; chunk < chunks.Count; chunk++)
            size += encoder.Encode(chunks.Span(chunk), destination);
        return ThreadTime.Now - started;
    }
}
