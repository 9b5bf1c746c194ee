namespace OmeZarrNative;

/// <summary>What is known of a frame beside its pixels. Null members are not known.</summary>
public readonly record struct FrameInfo
{
    /// <summary>Number in acquisition order, from 0; null: the next one.</summary>
    public long? Index { get; init; }

    /// <summary>Bytes from one row to the next; 0: rows are packed.</summary>
    public ulong RowStride { get; init; }

    /// <summary>Time since the acquisition began.</summary>
    public TimeSpan? DeltaT { get; init; }

    public TimeSpan? ExposureTime { get; init; }

    /// <summary>Where the stage was, in micrometres.</summary>
    public double? PositionX { get; init; }

    public double? PositionY { get; init; }

    public double? PositionZ { get; init; }

    /// <summary>Of the camera's clock, in nanoseconds from any origin.</summary>
    public long? TimestampNs { get; init; }

    /// <summary>A JSON object with anything else.</summary>
    public string? MetadataJson { get; init; }

    internal unsafe RawFrame Raw(void* pixels, ulong bytes, byte* json)
    {
        uint flags = 0;
        return new RawFrame
        {
            StructSize = (uint)sizeof(RawFrame),
            Pixels = pixels,
            SizeBytes = bytes,
            RowStride = RowStride,
            Index = Index ?? -1,
            MetadataJson = json,
            DeltaT = Known(DeltaT?.TotalSeconds, 1),
            ExposureTime = Known(ExposureTime?.TotalSeconds, 2),
            PositionX = Known(PositionX, 4),
            PositionY = Known(PositionY, 8),
            PositionZ = Known(PositionZ, 16),
            TimestampNs = TimestampNs ?? 0,
            Flags = flags | (TimestampNs is null ? 0u : 32u),
        };

        double Known(double? number, uint flag)
        {
            if (number is null)
                return 0;
            flags |= flag;
            return number.Value;
        }
    }
}
