using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace OmeZarr.Harness;

/// <summary>What a call answered, as far as it came. Times are of the monotonic clock, in nanoseconds.</summary>
/// <param name="Begun">0: it was never made.</param>
/// <param name="Ended">0: it did not return.</param>
/// <param name="Status">What it returned.</param>
public readonly record struct CallAnswer(long Begun, long Ended, int Status)
{
    public bool HasBegun => Begun != 0;

    public bool HasEnded => Ended != 0;

    public bool Succeeded => HasEnded && Status == 0;
}

/// <summary>The file that the host writes its answers into; it outlives the host.</summary>
public sealed class CameraLog : IDisposable
{
    private const int EntryBytes = 24;
    private const int EndedAt = 8;
    private const int StatusAt = 16;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public CameraLog(string path, int calls)
    {
        Calls = calls;
        Path = path;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, mapName: null, Math.Max(1, calls) * EntryBytes);
        _view = _file.CreateViewAccessor();
    }

    public string Path { get; }

    public int Calls { get; }

    /// <summary>The clock of the answers, now.</summary>
    public static long Now => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    public CallAnswer this[int call]
    {
        get
        {
            // The status lies behind the mark: read after it.
            var ended = _view.ReadInt64(call * EntryBytes + EndedAt);
            Thread.MemoryBarrier();
            return new CallAnswer(_view.ReadInt64(call * EntryBytes), ended, _view.ReadInt32(call * EntryBytes + StatusAt));
        }
    }

    public CallAnswer[] All() => [.. Enumerable.Range(0, Calls).Select(call => this[call])];

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
