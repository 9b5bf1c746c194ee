using OmeZarr.Memory;

namespace OmeZarr.Concurrency.Tests;

public unsafe class FrameRingTests
{
    [TestCase(1)]
    [TestCase(3)]
    public void ShouldReportThatASlotWasReleasedTooOften(int references)
    {
        using var ring = new FrameRing(slots: 2, slotBytes: 10);
        Assert.That(ring.TryClaim(out var slot), Is.True);
        ring.Hold(slot, frame: 0, references);
        for (var i = 0; i < references; i++)
            ring.Release(slot);
        Assert.That(() => ring.Release(slot), Throws.TypeOf<InvariantException>().With.Message.Contains("references to a frame"));
        Assert.That(ring.Occupied, Is.Zero, "and frees nothing a second time");
    }

    [Test]
    public void ShouldGiveOutEachSlotOnceUntilNoneIsFree()
    {
        using var ring = new FrameRing(4, 100);
        var slots = Enumerable.Range(0, 4).Select(_ => Claim(ring)).ToArray();
        Assert.That(slots, Is.Unique);
        Assert.That(ring.TryClaim(out _), Is.False);
        Assert.That((ring.Occupied, ring.HighWater), Is.EqualTo((4, 4)));
        ring.Free(slots[2]);
        Assert.That(Claim(ring), Is.EqualTo(slots[2]));
    }

    [Test]
    public void ShouldLayItsSlotsSideBySideInWholePages()
    {
        using var ring = new FrameRing(3, FrameRing.PageBytes + 1);
        Assert.That(ring.SlotBytes, Is.EqualTo(2 * FrameRing.PageBytes));
        Assert.That(ring.MemoryBytes, Is.GreaterThanOrEqualTo(3 * ring.SlotBytes));
        for (var slot = 0; slot < 3; slot++)
        {
            Assert.That((long)(ring.Address(slot) - ring.Address(0)), Is.EqualTo(slot * ring.SlotBytes));
            Assert.That((nint)ring.Address(slot) % FrameRing.PageBytes, Is.EqualTo((nint)0));
            new Span<byte>(ring.Address(slot), (int)ring.SlotBytes).Fill((byte)slot);
        }

        Assert.That(Enumerable.Range(0, 3).Select(slot => First(ring, slot)), Is.EqualTo(new[] { 0, 1, 2 }));
    }

    [Test]
    public void ShouldAddressSlotsBeyondFourGiB()
    {
        using var ring = new FrameRing(3, 3L << 30);
        for (var slot = 0; slot < 3; slot++)
            ring.Address(slot)[ring.SlotBytes - 1] = (byte)(slot + 1);
        Assert.That(Enumerable.Range(0, 3).Select(slot => Last(ring, slot)), Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    public void ShouldRefuseSizesThatCannotBeAddressed()
    {
        Assert.That(() => new FrameRing(0, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new FrameRing(1 << 20, long.MaxValue / 2), Throws.InstanceOf<OverflowException>());
    }

    [Test]
    public void ShouldHandOnRecordsInTheOrderOfTheirPublication()
    {
        using var ring = new FrameRing(3, 1);
        Assert.That(ring.IsDrained, Is.True);
        for (var i = 0; i < 3; i++)
            ring.Publish(Record(Claim(ring), frame: 10 - i), default);
        Assert.That(ring.IsDrained, Is.False);
        Assert.That(Enumerable.Range(0, 3).Select(_ => Take(ring).Index), Is.EqualTo(new long[] { 10, 9, 8 }));
        Assert.That(ring.TryTake(out _), Is.False);
        Assert.That(ring.IsDrained, Is.True);
    }

    [Test]
    public void ShouldFreeASlotOnlyWhenItsLastReferenceIsReleased()
    {
        using var ring = new FrameRing(1, 1);
        var slot = Claim(ring);
        ring.Hold(slot, frame: 0, 3);
        ring.Release(slot);
        ring.Release(slot);
        Assert.That(ring.TryClaim(out _), Is.False);
        ring.Release(slot);
        Assert.That(ring.TryClaim(out _), Is.True);
    }

    [Test]
    public void ShouldTakeASlotBackFromItsCallerOnceAndOnlyWhenItWasGiven()
    {
        using var ring = new FrameRing(2, 1);
        var slot = Claim(ring);
        Assert.That(ring.TryTakeFromCaller(slot), Is.False);
        ring.GiveToCaller(slot);
        Assert.That(ring.OwnedByCaller, Is.EqualTo(1));
        Assert.That(new long[] { -1, 1 - slot, 2, long.MaxValue }.Select(ring.TryTakeFromCaller), Is.All.False);
        var taken = 0;
        Threads.Run(2, _ => Interlocked.Add(ref taken, ring.TryTakeFromCaller(slot) ? 1 : 0));
        Assert.That((taken, ring.OwnedByCaller), Is.EqualTo((1, 0)));
    }

    [Test]
    public void ShouldReturnABorrowedFrameToItsOwnerWhenItsLastReferenceIsReleased()
    {
        using var ring = new FrameRing(1, 1, borrowed: 2);
        Assert.That(ring.Borrowed.TryBorrow(token: 77, out var number), Is.True);
        var slot = ring.SlotOf(number);
        ring.Publish(Record(slot, frame: 5), new FramePixels(4711, 12));
        Assert.That(ring.Pixels(Take(ring).Slot), Is.EqualTo(new FramePixels(4711, 12)));
        ring.Hold(slot, frame: 0, 2);
        ring.Release(slot);
        Assert.That(ring.Borrowed.TryTakeReleased(out _), Is.False);
        ring.Release(slot);
        Assert.That(ring.Borrowed.TryTakeReleased(out var token), Is.True);
        Assert.That(token, Is.EqualTo(77));
        Assert.That(ring.Occupied, Is.Zero, "a borrowed frame takes no slot");
    }

    [Test]
    public void ShouldRememberTheMostSlotsThatWereEverInUse()
    {
        using var ring = new FrameRing(4, 1);
        int first = Claim(ring), second = Claim(ring);
        ring.Free(first);
        ring.Free(second);
        Claim(ring);
        Assert.That((ring.Occupied, ring.HighWater), Is.EqualTo((1, 2)));
    }

    [Test]
    public void ShouldPassEveryFrameWholeFromItsProducerToAllItsReaders()
    {
        const int slots = 4, frames = 100_000, words = 64, references = 3;
        using var ring = new FrameRing(slots, words * sizeof(long));
        var held = new BoundedQueue<FrameRecord>(slots * references);
        int wrong = 0, looked = 0, produced = 0;
        void Produce()
        {
            for (int frame; (frame = Interlocked.Increment(ref produced)) <= frames;)
            {
                int slot;
                while (!ring.TryClaim(out slot))
                    WaitForSlot(ring);
                new Span<long>(ring.Address(slot), words).Fill(frame);
                ring.Publish(Record(slot, frame), new FramePixels((nint)ring.Address(slot), words));
            }
        }

        void Hold()
        {
            while (Volatile.Read(ref looked) < frames * references)
            {
                if (!held.TryDequeue(out var record))
                {
                    Thread.Yield();
                    continue;
                }

                if (new Span<long>((void*)ring.Pixels(record.Slot).First, words).ContainsAnyExcept(record.Index))
                    Interlocked.Increment(ref wrong);
                Interlocked.Increment(ref looked);
                ring.Release(record.Slot);
            }
        }

        Threads.Run(Produce, Produce, Hold, Hold, () =>
        {
            for (var taken = 0; taken < frames;)
            {
                if (!ring.TryTake(out var record))
                {
                    Thread.Yield();
                    continue;
                }

                taken++;
                ring.Hold(record.Slot, record.Index, references);
                for (var i = 0; i < references; i++)
                    Assert.That(held.TryEnqueue(record), Is.True);
            }
        });
        Assert.That(wrong, Is.Zero);
        Assert.That(ring.Occupied, Is.Zero);
        Assert.That(ring.HighWater, Is.InRange(1, slots));
    }

    private static void WaitForSlot(FrameRing ring)
    {
        var ticket = ring.SlotFreed.Prepare();
        if (ring.Occupied < ring.Slots)
            ring.SlotFreed.Cancel();
        else
            ring.SlotFreed.Wait(ticket, Threads.GuardMs);
    }

    private static FrameRecord Record(int slot, long frame) => new() { Index = frame, Slot = slot, Generation = 0 };

    private static int Claim(FrameRing ring)
    {
        Assert.That(ring.TryClaim(out var slot), Is.True);
        return slot;
    }

    private static FrameRecord Take(FrameRing ring)
    {
        Assert.That(ring.TryTake(out var record), Is.True);
        return record;
    }

    private static int First(FrameRing ring, int slot) => ring.Address(slot)[0];

    private static int Last(FrameRing ring, int slot) => ring.Address(slot)[ring.SlotBytes - 1];
}
