using System.Runtime.InteropServices;

namespace OmeZarrNative.Abi;

/// <summary>omz_stats of the header, byte for byte.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OmzStats
{
    /// <summary>
    /// Bytes of the struct as it was first published, up to and with <see cref="Errors"/>; callers may know no more.
    /// </summary>
    public const int FirstSize = 2 * sizeof(uint) + 20 * sizeof(ulong);

    public uint StructSize;
    public uint ActiveWorkers;
    public ulong FramesAppended;
    public ulong FramesEncoded;
    public ulong FramesWritten;
    public ulong FramesSkipped;
    public ulong FramesDropped;
    public ulong BytesIn;
    public ulong BytesOut;
    public ulong ChunksWritten;
    public ulong RingCapacity;
    public ulong RingOccupancy;
    public ulong RingHighWater;
    public ulong RingWaits;
    public ulong RingWaitNs;
    public ulong AppendLastNs;
    public ulong AppendMeanNs;
    public ulong AppendP50Ns;
    public ulong AppendP99Ns;
    public ulong AppendMaxNs;
    public ulong MemoryBytes;
    public ulong Errors;
    public ulong ManagedBytesAllocated;
    public ulong GcCollections;
    public ulong FramesBorrowed;
    public ulong BorrowedHeld;
    public ulong BorrowedCapacity;
    public ulong FreeBytes;
    public ulong SecondsLeft;
    public ulong BytesToCome;
    public ulong FramesMetadataLost;
    public ulong NextFrame;
}
