using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Reading;

namespace OmeZarr.Serving.Sources;

/// <summary>What is shown: a dataset on a disk, or a stream that is running. Any thread.</summary>
public interface IServedSource
{
    /// <summary>The dataset's folder, as people call it.</summary>
    string Name { get; }

    /// <summary>Whether this process is writing it.</summary>
    bool IsLive { get; }

    /// <summary>Opens it; the caller closes it.</summary>
    Dataset Open(CancellationToken cancel);

    /// <summary>Counters of the writer, or null when it is not in this process.</summary>
    JsonObject? Stats();

    /// <summary>Bytes that can still be written there; null when nobody can tell.</summary>
    long? FreeBytes();

    /// <summary>The newest plane of an image, by its indices along all axes but the last two; null when there is none.</summary>
    ImmutableArray<long>? Newest(Dataset dataset, int image);
}
