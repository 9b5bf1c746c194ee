using OmeZarr.Cli.Terminal;

namespace OmeZarr.Cli.Recording;

/// <summary>Pixels without any header, frame after frame, in files one after the other.</summary>
internal sealed class RawFrames : IFrameSource
{
    private readonly string[] _paths;
    private readonly long _frameBytes;
    private readonly long _skip;
    private FileStream? _file;
    private int _next;

    /// <param name="paths">The files, in order.</param>
    /// <param name="frameBytes">Bytes of a frame.</param>
    /// <param name="skip">Bytes to leave out at the beginning of each file.</param>
    /// <exception cref="UserException">A file is not there, or holds no whole number of frames.</exception>
    public RawFrames(string[] paths, long frameBytes, long skip)
    {
        _paths = paths;
        _frameBytes = frameBytes;
        _skip = skip;
        Frames = paths.Sum(FramesOf);
    }

    public long? Frames { get; }

    public bool Read(Span<byte> frame, CancellationToken cancel)
    {
        while (true)
        {
            if (_file is null)
            {
                if (_next == _paths.Length)
                    return false;
                _file = new FileStream(_paths[_next++], FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
                _file.Position = _skip;
            }

            var read = _file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false);
            if (read == frame.Length)
                return true;
            if (read > 0)
                throw UserException.CannotAccess($"'{_paths[_next - 1]}' became shorter while it was read");
            _file.Dispose();
            _file = null;
        }
    }

    public void Dispose() => _file?.Dispose();

    private long FramesOf(string path)
    {
        var bytes = new FileInfo(path).Length - _skip;
        if (bytes >= 0 && bytes % _frameBytes == 0)
            return bytes / _frameBytes;
        var skipped = _skip == 0 ? "" : $" after the {_skip} that are skipped";
        throw UserException.Usage(
            $"'{path}' has {bytes} bytes{skipped}, which is no whole number of frames of {_frameBytes} bytes: "
                + "check --width, --height, --dtype and --skip");
    }
}
