using System.IO.MemoryMappedFiles;
using System.Text;

namespace OmeZarr.Harness;

/// <summary>Kinds of calls that the shim tells apart; in the order of native/shim.c.</summary>
public enum SystemCall
{
    Open,
    MakeFolder,
    Rename,
    Write,
    Truncate,
    Allocate,
    Sync,
    Remove,
    Lock,
    Close,
    Read,
    Look,
    List,
    Change,
    MakeThread,
    Map,
    Malloc,

    /// <summary>Memory that the .NET runtime takes for itself.</summary>
    RuntimeMap,
}

/// <summary>What the shim does at the chosen call; in the order of native/shim.c.</summary>
public enum ShimAction
{
    Count,
    KillBefore,
    KillAfter,
    Fail,
    Short,
    Zero,
    Delay,
    Hold,
}

/// <summary>The file by which the preloaded shim of a host is told what to do, and tells what it saw.</summary>
public sealed class ShimControl : IDisposable
{
    private const int ActionAt = 0, ErrorAt = 4, KindsAt = 8, CallAt = 16, TimesAt = 24, DelayAt = 32;
    private const int ReleasedAt = 44, CountAt = 48, HitsAt = 56, HeldAt = 64, OfKindAt = 72, WhatAt = 328;
    private const int WhatBytes = 512;

    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public ShimControl(string path)
    {
        _path = path;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, mapName: null, WhatAt + WhatBytes);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>Every kind of call that touches the store.</summary>
    public static IReadOnlyList<SystemCall> OfStore { get; } =
    [
        SystemCall.Open, SystemCall.MakeFolder, SystemCall.Rename, SystemCall.Write, SystemCall.Truncate, SystemCall.Allocate,
        SystemCall.Sync, SystemCall.Remove, SystemCall.Lock, SystemCall.Close,
    ];

    /// <summary>What a host needs to be started with.</summary>
    public IEnumerable<(string Name, string Value)> Environment => [("LD_PRELOAD", NativeProgram.Shim), ("OMZ_SHIM", _path)];

    /// <summary>Calls of the chosen kinds so far.</summary>
    public long Count => _view.ReadInt64(CountAt);

    /// <summary>How often it did something.</summary>
    public long Hits => _view.ReadInt64(HitsAt);

    /// <summary>Threads that were held so far.</summary>
    public long Held => _view.ReadInt64(HeldAt);

    /// <summary>The first call that it did something at.</summary>
    public string What
    {
        get
        {
            var bytes = new byte[WhatBytes];
            _view.ReadArray(WhatAt, bytes, 0, bytes.Length);
            return Encoding.UTF8.GetString(bytes, 0, Math.Max(0, Array.IndexOf(bytes, (byte)0)));
        }
    }

    /// <summary>Calls of a kind so far, whether chosen or not.</summary>
    public long CountOf(SystemCall kind) => _view.ReadInt64(OfKindAt + (int)kind * sizeof(long));

    /// <summary>Chooses calls, before the host is started.</summary>
    /// <param name="action">What to do.</param>
    /// <param name="kinds">Calls that count.</param>
    /// <param name="at">The first call that it is done at, from 1.</param>
    /// <param name="times">At how many calls.</param>
    /// <param name="error">The errno of <see cref="ShimAction.Fail"/>.</param>
    /// <param name="delayUs">Microseconds of <see cref="ShimAction.Delay"/>.</param>
    public void Choose(
        ShimAction action, IEnumerable<SystemCall> kinds, long at = 0, long times = 1, int error = 0, long delayUs = 0)
    {
        _view.Write(ActionAt, (int)action);
        _view.Write(ErrorAt, error);
        _view.Write(KindsAt, kinds.Aggregate(0UL, (mask, kind) => mask | 1UL << (int)kind));
        _view.Write(CallAt, at);
        _view.Write(TimesAt, times);
        _view.Write(DelayAt, delayUs);
    }

    /// <summary>Releases the calls that are held.</summary>
    public void Release() => _view.Write(ReleasedAt, 1);

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
