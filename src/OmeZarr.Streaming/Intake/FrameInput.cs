using OmeZarr.Documents;

namespace OmeZarr.Streaming.Intake;

/// <summary>A frame as a camera thread hands it in.</summary>
public readonly unsafe struct FrameInput
{
    /// <summary>Instead of a frame number: the next one.</summary>
    public const long NextIndex = -1;

    /// <summary>First pixel of the first row; readable for <see cref="Bytes"/> bytes.</summary>
    public required byte* Pixels { get; init; }

    public required ulong Bytes { get; init; }

    /// <summary>Bytes from one row to the next, or 0 when rows are packed.</summary>
    public ulong RowStride { get; init; }

    /// <summary>Frame number in acquisition order, or <see cref="NextIndex"/>.</summary>
    public long Index { get; init; }

    /// <summary>The longest wait for a place, in milliseconds; null: as the settings say.</summary>
    public int? WaitMs { get; init; }

    /// <summary>The frame's numeric metadata.</summary>
    public FrameProperties Properties { get; init; }

    /// <summary>A JSON object with further metadata, in UTF-8; null for none. Copied.</summary>
    public byte* Json { get; init; }

    /// <summary>The size of <see cref="Json"/>, in bytes.</summary>
    public int JsonBytes { get; init; }
}
