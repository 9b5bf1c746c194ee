
namespace OmeZarr.Cli.Recording;

/// <summary>Pixels without any header from the standard input, until it ends.</summary>
internal sealed class StreamedFrames(Stream input) : IFrameSource
{
    private long _read;

    public long? Frames => null;

    public bool Read(Span<byte> frame, CancellationToken cancel)
    {
        // A read of a pipe cannot be interrupted; one of somebody else's thread can be left alone.
        var filled = 0;
        var part = new byte[Math.Min(frame.Length, 1 << 20)];
        while (filled < frame.Length)
        {
            var wanted = Math.Min(part.Length, frame.Length - filled);
            var reading = input.ReadAsync(part, 0, wanted, CancellationToken.None);
            reading.Wait(cancel);
            if (reading.Result == 0)
                break;
            part.AsSpan(0, reading.Result).CopyTo(frame[filled..]);
            filled += reading.Result;
        }

        if (filled == frame.Length)
        {
            _read++;
            return true;
        }

        return filled == 0 ? false : throw new IncompleteFrameException(
            $"the input ends within frame {_read}: {filled} of its {frame.Length} bytes came");
    }

    public void Dispose() => input.Dispose();
}

/// <summary>The input ends within a frame; what came before it is whole.</summary>
internal sealed class IncompleteFrameException(string message) : Exception(message);
