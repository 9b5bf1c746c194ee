using System.Runtime.InteropServices;

namespace OmeZarr.Litmus;

/// <summary>One thread's choices, and the operations that it has done; other threads may read these.</summary>
/// <param name="seed">Different for each.</param>
internal sealed class Worker(uint seed)
{
    private const int LongestSpin = 200;

    // On its own cache lines: counting does not synchronize threads.
    private Counter _operations;
    private uint _state = seed * 2654435761u | 1;

    public long Operations => Volatile.Read(ref _operations.Value);

    /// <summary>Counts an operation.</summary>
    public void Count() => Volatile.Write(ref _operations.Value, _operations.Value + 1);

    /// <summary>A number from 0 to <paramref name="bound"/> - 1 (xorshift).</summary>
    public int Choose(int bound)
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return (int)(_state % (uint)bound);
    }

    public bool OneIn(int chances) => Choose(chances) == 0;

    /// <summary>Now and then lets other threads get ahead between two operations.</summary>
    public void MayPause()
    {
        switch (Choose(16))
        {
            case 0:
                Thread.Yield();
                break;
            case 1:
                Thread.SpinWait(Choose(LongestSpin));
                break;
        }
    }

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Counter
    {
        [FieldOffset(128)]
        public long Value;
    }
}
