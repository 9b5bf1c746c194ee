using System.Runtime.InteropServices;
using OmeZarr.Acquisition;
using OmeZarr.Concurrency;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

/// <summary>Lends its buffers to a stream, and overwrites each the moment it comes back. Rows are padded.</summary>
internal sealed unsafe class LendingCamera(AcquisitionPlan plan, int buffers) : IDisposable
{
    private const byte Poison = 0xDD;
    private const int Padding = 3;

    private readonly int _rowBytes = (int)(plan.FrameBytes / plan.FrameHeight);
    private readonly Dictionary<ulong, nint> _out = [];
    private readonly Stack<nint> _free = new(Enumerable.Range(0, buffers).Select(_ => Allocate(plan)));

    public int Out => _out.Count;

    public AppendOutcome Lend(AcquisitionSession session, byte[] pixels)
    {
        var buffer = _free.Pop();
        for (var row = 0; row < plan.FrameHeight; row++)
            Marshal.Copy(pixels, row * _rowBytes, buffer + row * (_rowBytes + Padding), _rowBytes);
        var frame = new FrameInput
        {
            Pixels = (byte*)buffer,
            Bytes = Bytes(plan),
            RowStride = (ulong)(_rowBytes + Padding),
            Index = FrameInput.NextIndex,
        };
        var outcome = session.AppendBorrowed(frame, (ulong)buffer);
        if (outcome.Status == AppendStatus.Ok)
            _out.Add((ulong)buffer, buffer);
        else
            _free.Push(buffer);
        return outcome;
    }

    /// <summary>Waits until it has a buffer; false when none comes back.</summary>
    public bool HasBuffer(AcquisitionSession session)
    {
        var tokens = new ulong[1];
        while (_free.Count == 0)
        {
            if (ReleasedTokens.Take(session.Borrowed, session.Pipelines[0], tokens, Deadline.After(30_000)) == 0)
                return false;
            TakeBack(tokens[0]);
        }

        return true;
    }

    public void TakeBack(AcquisitionSession session)
    {
        while (session.Borrowed.TryTakeReleased(out var token))
            TakeBack(token);
    }

    private void TakeBack(ulong token)
    {
        Assert.That(_out.Remove(token, out var buffer), Is.True, "a token came back twice, or was never given");
        new Span<byte>((void*)buffer, (int)Bytes(plan)).Fill(Poison);
        _free.Push(buffer);
    }

    public void Dispose()
    {
        foreach (var buffer in _free.Concat(_out.Values))
            NativeMemory.Free((void*)buffer);
    }

    private static ulong Bytes(AcquisitionPlan plan) => (ulong)(plan.FrameBytes + plan.FrameHeight * Padding);

    private static nint Allocate(AcquisitionPlan plan) => (nint)NativeMemory.Alloc((nuint)Bytes(plan));
}
