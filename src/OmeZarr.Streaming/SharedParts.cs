using OmeZarr.Concurrency;
using OmeZarr.Storage;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming;

/// <summary>What the pipelines of a session share.</summary>
/// <param name="Store">Where they write.</param>
/// <param name="Signal">Where the workers rest.</param>
/// <param name="Fault">The first failure of any of them.</param>
/// <param name="Encoding">The encoding plan of the workers.</param>
/// <param name="Downsampling">The downsampling plan of the workers.</param>
/// <param name="MostBatchesToShard">The most batches on their way to one shard.</param>
/// <param name="OnWarning">Told of what does not fail.</param>
internal sealed record SharedParts(
    IWritableStore Store, WorkerSignal Signal, StickyFault Fault, EncodingPlan Encoding, DownsamplingPlan Downsampling,
    int MostBatchesToShard, Action<string>? OnWarning);
