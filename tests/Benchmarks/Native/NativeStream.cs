using System.Runtime.InteropServices;

namespace OmeZarr.Benchmarks.Native;

/// <summary>A stream of the published library. One thread at a time; aborted when disposed before it was finished.</summary>
internal sealed unsafe class NativeStream : IDisposable
{
    /// <summary>OMZ_E_TIMEOUT.</summary>
    private const int Timeout = -16;

    private readonly ulong _handle;
    private bool _isOpen = true;

    private NativeStream(ulong handle) => _handle = handle;

    /// <summary>The loaded library's version; loads it.</summary>
    public static string LibraryVersion => Marshal.PtrToStringUTF8((nint)OmzCalls.Version())!;

    /// <exception cref="OmzException">The library refused.</exception>
    public static NativeStream Create(string settings)
    {
        Check(OmzCalls.Create(settings, out var handle));
        return new NativeStream(handle);
    }

    /// <summary>What the library says it will use at most, in bytes.</summary>
    public static long EstimateMemory(string settings)
    {
        Check(OmzCalls.EstimateMemory(settings, out var bytes));
        return (long)bytes;
    }

    /// <summary>Appends a packed frame of this many bytes.</summary>
    public void Append(byte* pixels, long bytes)
    {
        // SAFETY: the pools that frames come from outlive the call, and hold whole frames.
        var status = OmzCalls.AppendFrame(_handle, pixels, (ulong)bytes);
        if (status != 0)
            Check(status);
    }

    /// <summary>
    /// Appends a packed frame with everything that can be said of one, and a JSON object (UTF-8, closed with 0).
    /// </summary>
    public void Append(byte* pixels, long bytes, double seconds, byte* json)
    {
        var frame = OmzFrame.Packed(pixels, bytes) with
        {
            Flags = OmzFrame.HasAll,
            MetadataJson = json,
            DeltaT = seconds,
            ExposureTime = 1e-3,
            PositionX = seconds * 2,
            PositionY = seconds * 3,
            PositionZ = seconds * 4,
            TimestampNs = (long)(seconds * 1e9),
        };
        // SAFETY: a local that outlives the call; pixels as in Append, the text is copied.
        var status = OmzCalls.AppendFrameEx(_handle, &frame);
        if (status != 0)
            Check(status);
    }

    /// <summary>A free slot and its first byte, for the caller to fill.</summary>
    public int AcquireSlot(out byte* pixels)
    {
        byte* address;
        int slot;
        // SAFETY: locals that outlive the call.
        var status = OmzCalls.AcquireSlot(_handle, -1, &address, null, &slot);
        if (status != 0)
            Check(status);
        pixels = address;
        return slot;
    }

    /// <summary>A call that returns a constant: what it costs to come into the library and back.</summary>
    public static int CallNothing() => OmzCalls.AbiVersion();

    /// <summary>Hands in the frame in an acquired slot.</summary>
    public void CommitSlot(int slot)
    {
        var status = OmzCalls.CommitSlot(_handle, slot, null);
        if (status != 0)
            Check(status);
    }

    /// <summary>Lends a packed frame; its pixels must stay until the token comes back.</summary>
    public void AppendBorrowed(byte* pixels, long bytes, ulong token)
    {
        var frame = OmzFrame.Packed(pixels, bytes);
        // SAFETY: a local that outlives the call; the pixels are a pool's, which outlives the stream.
        var status = OmzCalls.AppendBorrowed(_handle, &frame, token);
        if (status != 0)
            Check(status);
    }

    /// <summary>Takes back what is not used any more, without waiting: the number of tokens. Also after the end.</summary>
    public int TakeReleased(Span<ulong> tokens)
    {
        int count;
        // SAFETY: the span is pinned during the call, and its length is given.
        fixed (ulong* first = tokens)
        {
            var status = OmzCalls.PollReleased(_handle, first, tokens.Length, 0, &count);
            if (status == Timeout)
                return 0;
            Check(status);
            return count;
        }
    }

    /// <summary>Waits until all whole chunks are stored.</summary>
    public void Flush() => Check(OmzCalls.Flush(_handle, -1));

    public OmzStats Stats()
    {
        var stats = new OmzStats { StructSize = (uint)sizeof(OmzStats) };
        // SAFETY: a local that outlives the call, of the size it says.
        Check(OmzCalls.GetStats(_handle, &stats));
        return stats;
    }

    /// <summary>Finalizes; the stream is gone afterwards.</summary>
    public void Finish()
    {
        _isOpen = false;
        Check(OmzCalls.Finish(_handle));
    }

    public void Dispose()
    {
        if (_isOpen)
            _ = OmzCalls.Abort(_handle);
        _isOpen = false;
    }

    private static void Check(int status)
    {
        if (status == 0)
            return;
        Span<byte> text = stackalloc byte[4096];
        // SAFETY: a local buffer of the size given; the library closes the text with 0.
        fixed (byte* buffer = text)
        {
            _ = OmzCalls.LastError(buffer, text.Length);
            throw new OmzException(
                $"{Marshal.PtrToStringUTF8((nint)OmzCalls.StatusName(status))}: {Marshal.PtrToStringUTF8((nint)buffer)}");
        }
    }
}

/// <summary>The published library returned an error, which ends the benchmark.</summary>
internal sealed class OmzException(string message) : Exception(message);
