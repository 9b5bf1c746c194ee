namespace OmeZarr.Zarr.Chunks;

/// <summary>The checks that every encoder and decoder makes of its arguments.</summary>
internal static class ChunkArguments
{
    internal static void CheckChunk(int given, int expected)
    {
        if (given != expected)
            throw new ArgumentException($"The chunk has {given} bytes where the codec was made for {expected}.");
    }

    internal static void CheckElements(bool rowsAreWholeElements, int typeSize)
    {
        if (!rowsAreWholeElements)
            throw new ArgumentException($"The chunk's rows are not whole elements of {typeSize} bytes.");
    }

    internal static void CheckDestination(int given, long needed)
    {
        if (given < needed)
            throw new ArgumentException($"The destination has {given} bytes and the encoded chunk may need {needed}.");
    }
}
