using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming.Workers;

/// <summary>What a worker works with, and nobody else meanwhile.</summary>
internal sealed record WorkerTools(ChunkRowEncoder Encoder, PlaneDownsampler Downsampler) : IDisposable
{
    public void Dispose()
    {
        Encoder.Dispose();
        Downsampler.Dispose();
    }
}
