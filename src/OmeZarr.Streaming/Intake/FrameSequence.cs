using System.Runtime.CompilerServices;
using OmeZarr.Acquisition;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// The frame numbers of a stream: which comes next, which are taken, and where they end. With several producers every frame
/// carries its number; otherwise a frame without one is the next.
/// </summary>
[SkipLocalsInit]
internal sealed class FrameSequence(CameraPlan plan, FrameLedger ledger)
{
    private readonly long _end = plan.Router.TotalFrames ?? long.MaxValue;
    private long _next;

    public bool SeveralProducers { get; } = plan.Pipeline.Producers > 1;

    /// <summary>The next frame; a single producer's thread only. To others a snapshot.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Begins with a frame; before any is taken.</summary>
    public void Begin(long next) => Volatile.Write(ref _next, next);

    /// <summary>Frames left of the declared shape, or null when there is no end; a single producer's thread only.</summary>
    public long? Left => _end == long.MaxValue ? null : _end - _next;

    public FrameLedger Ledger => ledger;

    /// <summary>The number that a frame asks for, or why it cannot have it. Takes nothing yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AppendOutcome? Resolve(long wanted, out long index)
    {
        index = wanted == FrameInput.NextIndex && !SeveralProducers ? _next : wanted;
        return index >= 0 && index < _end ? null : Refusal(wanted, index);
    }

    /// <summary>Takes a number, or says why it cannot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AppendOutcome? Take(long index)
    {
        var claim = ledger.TryTake(index);
        if (claim != FrameClaim.Taken)
            return NotTaken(index, claim);
        Advance(index + 1);
        return null;
    }

    private AppendOutcome Refusal(long wanted, long index)
    {
        if (wanted < FrameInput.NextIndex)
            return new AppendOutcome(AppendStatus.FrameIndex,
                $"index is {wanted}; frame numbers begin at 0, and -1 means the next one");
        if (wanted == FrameInput.NextIndex && SeveralProducers)
            return new AppendOutcome(AppendStatus.FrameIndex, "with pipeline.producers > 1 each frame needs its index");
        return new AppendOutcome(AppendStatus.TooManyFrames,
            $"frame {index} is beyond the {_end} frames of the declared dimensions");
    }

    /// <summary>
    /// Continues with this frame number. Several producers number their frames themselves, so only a single one moves it.
    /// </summary>
    public void Advance(long next)
    {
        if (!SeveralProducers)
            _next = next;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public AppendOutcome NotTaken(long index, FrameClaim claim) => new(
        AppendStatus.FrameIndex,
        claim == FrameClaim.AlreadyTaken
            ? $"frame {index} has been appended or skipped before"
            : $"frame {index} is more than {FrameLedger.Window} ahead of frame {ledger.Lowest}, which is missing");
}
