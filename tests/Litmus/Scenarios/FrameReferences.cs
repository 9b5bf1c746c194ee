using System.Collections.Concurrent;
using OmeZarr.Concurrency;

namespace OmeZarr.Litmus.Scenarios;

/// <summary>
/// What workers do with the frames of a ring: any one of them, one at a time, takes records and sets each slot's reference count;
/// each of them reads the pixels as long as it has a reference, and then releases it.
/// </summary>
/// <remarks>Producers number their frames from 0 on, and fill all words with <see cref="Index"/>.</remarks>
internal sealed unsafe class FrameReferences
{
    /// <summary>Words of a frame.</summary>
    public const int Words = 64;

    private const int MostReferences = 3;

    private readonly Trial _trial;
    private readonly FrameRing _ring;
    private readonly int[] _next;
    private readonly int[] _references;
    private readonly ConcurrentQueue<FrameRecord> _held = new();
    private int _left;
    private int _busy;

    public FrameReferences(Trial trial, FrameRing ring, int producers)
    {
        _trial = trial;
        _ring = ring;
        FramesEach = 1 + trial.Wanted / producers;
        _next = new int[producers];
        _references = new int[ring.Slots + ring.Borrowed.Limit];
        _left = producers * FramesEach;
    }

    /// <summary>Frames that each producer is to publish.</summary>
    public int FramesEach { get; }

    /// <summary>Called with a slot whose record was taken.</summary>
    public Action<int> Taken { get; init; } = static _ => { };

    /// <summary>Called with a slot that everybody has read for the last time, before it is free.</summary>
    public Action<int> Seen { get; init; } = static _ => { };

    /// <summary>What the pixels of a frame are filled with.</summary>
    public static long Index(int producer, int frame) => (long)producer << 32 | (uint)frame;

    /// <summary>Fills a frame in two steps, between which others can run.</summary>
    public static void Fill(nint pixels, long index, Worker worker)
    {
        // SAFETY: every slot of the scenarios has room for so many words.
        var words = new Span<long>((void*)pixels, Words);
        words[..(Words / 2)].Fill(index);
        worker.MayPause();
        words[(Words / 2)..].Fill(index);
    }

    /// <summary>Publishes a frame that has been filled.</summary>
    public void Publish(int slot, long index, nint pixels) =>
        _ring.Publish(new FrameRecord { Index = index, Slot = slot, Generation = 0 },
            new FramePixels(pixels, Words * sizeof(long)));

    /// <summary>Takes records and reads frames until every frame has come and gone.</summary>
    public void Work(Worker worker)
    {
        while (Volatile.Read(ref _left) > 0 && !_trial.IsOver)
        {
            var any = TryDistribute(worker);
            if (_held.TryDequeue(out var record))
                Hold(record, worker);
            else if (!any)
                Thread.Yield();
        }
    }

    private bool TryDistribute(Worker worker)
    {
        if (_ring.IsDrained || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
            return false;
        var any = _ring.TryTake(out var record);
        if (any)
        {
            Judge(record);
            Taken(record.Slot);
            var references = 1 + worker.Choose(MostReferences);
            Volatile.Write(ref _references[record.Slot], references);
            _ring.Hold(record.Slot, record.Index, references);
            for (var i = 0; i < references; i++)
                _held.Enqueue(record);
        }

        Volatile.Write(ref _busy, 0);
        return any;
    }

    // The order of a producer's frames shows at once whether one was lost, or came twice.
    private void Judge(in FrameRecord record)
    {
        int producer = (int)(record.Index >> 32), frame = (int)record.Index;
        _trial.Expect(_next[producer] == frame, $"frame {frame} of producer {producer} came in slot of {_next[producer]}");
        _next[producer] = frame + 1;
    }

    private void Hold(in FrameRecord record, Worker worker)
    {
        Look(record);
        worker.MayPause();
        Look(record);
        if (Interlocked.Decrement(ref _references[record.Slot]) == 0)
        {
            Seen(record.Slot);
            worker.Count();
            Interlocked.Decrement(ref _left);
        }

        Share(record, isHeld: true);
        _ring.Release(record.Slot);
        Share(record, isHeld: false);
    }

    // A reader that comes by: it finds the frame as long as somebody holds it, and then has it to itself.
    private void Share(in FrameRecord record, bool isHeld)
    {
        if (_ring.TryShare(record.Index, out var slot))
        {
            _trial.Expect(slot == record.Slot, $"frame {record.Index} was found in slot {slot} and is in {record.Slot}");
            Look(record);
            _ring.Release(slot);
        }
        else
        {
            _trial.Expect(!isHeld, $"frame {record.Index} is held and was not found");
        }
    }

    private void Look(in FrameRecord record)
    {
        // SAFETY: as in Fill.
        var words = new ReadOnlySpan<long>((void*)_ring.Pixels(record.Slot).First, Words);
        if (words.ContainsAnyExcept(record.Index))
            _trial.Found(
                $"frame {(int)record.Index} of producer {record.Index >> 32} changed in slot {record.Slot} while it was held");
    }
}
