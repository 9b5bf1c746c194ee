namespace OmeZarr.Documents;

/// <summary>An object of metadata to be put into the store.</summary>
/// <param name="Key">Its name in the store, such as <c>0/zarr.json</c>.</param>
/// <param name="Utf8">Its bytes.</param>
public sealed record MetadataDocument(string Key, ReadOnlyMemory<byte> Utf8);

/// <summary>What became of the frames.</summary>
/// <param name="FramesSeen">The highest frame number that was appended or skipped, plus 1; 0 for none.</param>
/// <param name="FramesAppended">Frames taken.</param>
/// <param name="FramesSkipped">Frames left out on request.</param>
/// <param name="FramesDropped">Frames lost for want of a free slot.</param>
/// <param name="FramesStored">Frames that readers find.</param>
public readonly record struct FrameCounts(long FramesSeen, long FramesAppended, long FramesSkipped, long FramesDropped,
    long FramesStored = 0);
