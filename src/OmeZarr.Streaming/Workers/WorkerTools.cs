using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming.Workers;

/// <summary>What a worker works with, and nobody else meanwhile.</summary>
internal sealed record WorkerTools(GroupEncoder Encoder, PlaneReducer Reducer) : IDisposable
{
    public void Dispose()
    {
        Encoder.Dispose();
        Reducer.Dispose();
    }
}
