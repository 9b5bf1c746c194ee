using System.Buffers;
using System.Text.Json;
using OmeZarr.Streaming;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>Statistics in the two forms of the ABI: the struct, and JSON with the same names.</summary>
internal static class StatsReport
{
    /// <summary>OMZ_UNKNOWN of the header.</summary>
    private const ulong Unknown = ulong.MaxValue;

    public static OmzStats Of(SessionStats stats) => new()
    {
        ActiveWorkers = (uint)stats.ActiveWorkers,
        FramesAppended = (ulong)stats.FramesAppended,
        FramesEncoded = (ulong)stats.FramesWritten,
        FramesWritten = (ulong)stats.FramesWritten,
        FramesSkipped = (ulong)stats.FramesSkipped,
        FramesDropped = (ulong)stats.FramesDropped,
        BytesIn = (ulong)stats.BytesIn,
        BytesOut = (ulong)stats.BytesOut,
        ChunksWritten = (ulong)stats.ChunksWritten,
        RingCapacity = (ulong)stats.RingCapacity,
        RingOccupancy = (ulong)stats.RingOccupancy,
        RingHighWater = (ulong)stats.RingHighWater,
        RingWaits = (ulong)stats.RingWaits,
        RingWaitNs = (ulong)stats.RingWaitNs,
        AppendLastNs = (ulong)stats.AppendLastNs,
        AppendMeanNs = (ulong)stats.AppendMeanNs,
        AppendP50Ns = (ulong)stats.AppendP50Ns,
        AppendP99Ns = (ulong)stats.AppendP99Ns,
        AppendMaxNs = (ulong)stats.AppendMaxNs,
        MemoryBytes = (ulong)stats.MemoryBytes,
        Errors = (ulong)stats.Errors,
        ManagedBytesAllocated = (ulong)ManagedMemory.AllocatedBytes,
        GcCollections = (ulong)ManagedMemory.Collections,
        FramesBorrowed = (ulong)stats.FramesBorrowed,
        BorrowedHeld = (ulong)stats.BorrowedHeld,
        BorrowedCapacity = (ulong)stats.BorrowedCapacity,
        FreeBytes = Known(stats.FreeBytes),
        SecondsLeft = Known(stats.SecondsLeft),
        BytesToCome = Known(stats.BytesToCome),
        FramesMetadataLost = (ulong)stats.FramesMetadataLost,
        NextFrame = Known(stats.NextFrame),
    };

    /// <summary>The counters; of a stream with arrays, also those of each.</summary>
    public static ReadOnlySpan<byte> Json(StreamReport report)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            Write(writer, report.Stats);
            if (report.Arrays.Count > 0)
            {
                writer.WriteStartArray("arrays"u8);
                foreach (var (key, stats) in report.Arrays)
                {
                    writer.WriteStartObject();
                    writer.WriteString("key"u8, key);
                    Write(writer, stats);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter writer, in OmzStats stats)
    {
        writer.WriteNumber("active_workers"u8, stats.ActiveWorkers);
        writer.WriteNumber("frames_appended"u8, stats.FramesAppended);
        writer.WriteNumber("frames_encoded"u8, stats.FramesEncoded);
        writer.WriteNumber("frames_written"u8, stats.FramesWritten);
        writer.WriteNumber("frames_skipped"u8, stats.FramesSkipped);
        writer.WriteNumber("frames_dropped"u8, stats.FramesDropped);
        writer.WriteNumber("bytes_in"u8, stats.BytesIn);
        writer.WriteNumber("bytes_out"u8, stats.BytesOut);
        writer.WriteNumber("chunks_written"u8, stats.ChunksWritten);
        writer.WriteNumber("ring_capacity"u8, stats.RingCapacity);
        writer.WriteNumber("ring_occupancy"u8, stats.RingOccupancy);
        writer.WriteNumber("ring_high_water"u8, stats.RingHighWater);
        writer.WriteNumber("ring_waits"u8, stats.RingWaits);
        writer.WriteNumber("ring_wait_ns"u8, stats.RingWaitNs);
        writer.WriteNumber("append_last_ns"u8, stats.AppendLastNs);
        writer.WriteNumber("append_mean_ns"u8, stats.AppendMeanNs);
        writer.WriteNumber("append_p50_ns"u8, stats.AppendP50Ns);
        writer.WriteNumber("append_p99_ns"u8, stats.AppendP99Ns);
        writer.WriteNumber("append_max_ns"u8, stats.AppendMaxNs);
        writer.WriteNumber("memory_bytes"u8, stats.MemoryBytes);
        writer.WriteNumber("errors"u8, stats.Errors);
        writer.WriteNumber("managed_bytes_allocated"u8, stats.ManagedBytesAllocated);
        writer.WriteNumber("gc_collections"u8, stats.GcCollections);
        writer.WriteNumber("frames_borrowed"u8, stats.FramesBorrowed);
        writer.WriteNumber("borrowed_held"u8, stats.BorrowedHeld);
        writer.WriteNumber("borrowed_capacity"u8, stats.BorrowedCapacity);
        WriteKnown(writer, "free_bytes"u8, stats.FreeBytes);
        WriteKnown(writer, "seconds_left"u8, stats.SecondsLeft);
        WriteKnown(writer, "bytes_to_come"u8, stats.BytesToCome);
        writer.WriteNumber("frames_metadata_lost"u8, stats.FramesMetadataLost);
        WriteKnown(writer, "next_frame"u8, stats.NextFrame);
    }

    private static ulong Known(long? value) => value is { } known ? (ulong)known : Unknown;

    private static void WriteKnown(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ulong value)
    {
        if (value == Unknown)
            writer.WriteNull(name);
        else
            writer.WriteNumber(name, value);
    }
}
