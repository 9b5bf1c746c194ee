using System.Runtime.InteropServices;
using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Simulation.Workload;

/// <summary>Memory that the host lends to the stream, and the state of its tokens: each must come back exactly once.</summary>
/// <param name="run">The run.</param>
/// <param name="lendOneIn">One in this many frames is lent; 0: none.</param>
/// <param name="buffers">What the host has, as the settings say; null: as many as it likes.</param>
internal sealed unsafe class LentFrames(Run run, int lendOneIn, int? buffers)
{
    /// <summary>Overwrites a frame once it belongs to the host again.</summary>
    public const byte Poison = 0xDD;

    private readonly Dictionary<ulong, (nint Memory, int Bytes)> _out = [];
    private readonly HashSet<ulong> _offered = [];
    private readonly HashSet<ulong> _early = [];
    private ulong _next;

    public bool AreLent => lendOneIn > 0;

    /// <summary>Whether the next frame is lent.</summary>
    public bool IsNextLent(Chances chances) => AreLent && chances.OneIn(lendOneIn);

    /// <summary>Frames that have not come back.</summary>
    public int Out => _out.Count;

    /// <summary>Whether the settings say how many buffers the host has.</summary>
    public bool AreCounted => buffers is not null;

    /// <summary>Whether each buffer that the host has is lent.</summary>
    public bool AreAllOut => _out.Count >= buffers;

    /// <summary>Copies a frame into memory of its own, to be lent.</summary>
    public ulong Lend(byte[] pixels, out nint memory)
    {
        memory = (nint)NativeMemory.AlignedAlloc((nuint)pixels.Length, 512);
        Marshal.Copy(pixels, 0, memory, pixels.Length);
        var token = ++_next;
        _out.Add(token, (memory, pixels.Length));
        _offered.Add(token);
        return token;
    }

    /// <summary>Records whether the stream took a frame. Its token may have come back before.</summary>
    public void Lent(ulong token, bool wasTaken)
    {
        _offered.Remove(token);
        if (wasTaken)
            return;
        run.Expect(_out.ContainsKey(token), Rules.Tokens, $"token {token} came back, and its frame was not taken");
        Free(token);
    }

    public void TakeBack(ulong token)
    {
        run.Expect(_out.ContainsKey(token), Rules.Tokens, $"token {token} came back twice, or was never lent");
        Free(token);
    }

    /// <summary>Call once the stream has ended and all tokens have been polled.</summary>
    public void CheckAllBack() => run.Expect(Out == 0, Rules.Tokens, $"{Out} tokens did not come back");

    private void Free(ulong token)
    {
        if (!_out.Remove(token, out var lent))
            return;
        new Span<byte>((void*)lent.Memory, lent.Bytes).Fill(Poison);
        NativeMemory.AlignedFree((void*)lent.Memory);
    }
}
