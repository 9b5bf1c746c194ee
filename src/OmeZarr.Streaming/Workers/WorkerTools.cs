using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming.Workers;

/// <summary>The tools of one worker; no other thread uses them.</summary>
internal sealed record WorkerTools(ChunkRowEncoder Encoder, PlaneDownsampler Downsampler) : IDisposable
{
    public void Dispose()
    {
        Encoder.Dispose();
        Downsampler.Dispose();
    }
}
