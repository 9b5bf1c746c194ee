namespace OmeZarr.Cli.Recording;

/// <summary>What frames look like.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="DataType">Name of the pixels' type, as settings have it.</param>
/// <param name="PixelFormat">Name of the pixel format where it is not the type; null otherwise.</param>
internal sealed record FrameForm(long Width, long Height, string DataType, string? PixelFormat = null);

/// <summary>Frames in the order in which they are recorded. One thread.</summary>
internal interface IFrameSource : IDisposable
{
    /// <summary>How many there are in all; null when that is known only at their end.</summary>
    long? Frames { get; }

    /// <summary>Reads the next frame whole; false when there is none left.</summary>
    /// <exception cref="Terminal.UserException">It cannot be read, or is not like the others.</exception>
    bool Read(Span<byte> frame, CancellationToken cancel);
}
