namespace OmeZarr.Benchmarks.Native;

/// <summary>A dataset opened by the published library.</summary>
internal sealed unsafe class NativeDataset : IDisposable
{
    private readonly ulong _handle;

    public NativeDataset(string path)
    {
        Check(OmzCalls.OpenDataset(path, -1, out _handle));
    }

    /// <summary>Reads a region of full resolution in C order.</summary>
    public void Read(ReadOnlySpan<long> start, ReadOnlySpan<long> count, byte* buffer, long bytes)
    {
        // SAFETY: the spans are pinned during the call; the caller vouches for the buffer.
        fixed (long* from = start, length = count)
            Check(OmzCalls.ReadRegion(_handle, 0, 0, start.Length, from, length, null, buffer, (ulong)bytes, null, -1, null));
    }

    public void Dispose() => _ = OmzCalls.CloseDataset(_handle);

    private static void Check(int status)
    {
        if (status < 0)
            throw new InvalidOperationException($"reading failed with status {status}");
    }
}
