using OmeZarr.Memory;

namespace OmeZarr.Concurrency.Tests;

public class BorrowedFramesTests
{
    [Test]
    public void ShouldMakeRoomForAnotherFrameOnceOneIsReleased()
    {
        var frames = new BorrowedFrames(1);
        var number = Borrow(frames, token: 5);
        Assert.That(frames.TryBorrow(6, out _), Is.False);
        Assert.That((frames.Held, frames.Outstanding), Is.EqualTo((1, 1)));
        frames.Release(number);
        Assert.That((frames.Held, frames.Outstanding), Is.EqualTo((0, 1)));
        Assert.That(frames.TryBorrow(6, out _), Is.True);
        Assert.That(frames.TryTakeReleased(out var token), Is.True);
        Assert.That((token, frames.Outstanding, frames.IsDrained), Is.EqualTo((5UL, 1, true)));
    }

    [Test]
    public void ShouldLendNoMoreWhileTooManyTokensAreUntaken()
    {
        var frames = new BorrowedFrames(2);
        for (ulong token = 0; token < BorrowedFrames.MaxUntaken; token++)
            frames.Release(Borrow(frames, token));
        Assert.That(frames.TryBorrow(1, out _), Is.False);
        Assert.That(frames.TryTakeReleased(out var first), Is.True);
        Assert.That((first, frames.TryBorrow(1, out _)), Is.EqualTo((0UL, true)));
    }

    [Test]
    public void ShouldNotGiveBackTheTokenOfAFrameThatWasWithdrawn()
    {
        var frames = new BorrowedFrames(1);
        frames.Withdraw(Borrow(frames, token: 5));
        Assert.That(frames.TryTakeReleased(out _), Is.False);
        Assert.That((frames.Held, frames.Outstanding), Is.EqualTo((0, 0)));
    }

    [Test]
    public void ShouldTellACallbackInsteadOfQueuingOnceThereIsOne()
    {
        var told = new List<ulong>();
        var frames = new BorrowedFrames(1) { OnReleased = told.Add };
        for (ulong token = 1; token <= 3; token++)
            frames.Release(Borrow(frames, token));
        Assert.That(told, Is.EqualTo(new ulong[] { 1, 2, 3 }));
        Assert.That((frames.IsDrained, frames.Outstanding), Is.EqualTo((true, 0)));
    }

    [Test]
    public void ShouldSayThatAFrameWasReleasedTwiceRatherThanLoseAToken()
    {
        var frames = new BorrowedFrames(1);
        var number = Borrow(frames, token: 5);
        frames.Release(number);
        Assert.That(() => frames.Release(number), Throws.TypeOf<InvariantException>().With.Message.Contains("released twice"));
        Assert.That((frames.Held, frames.Outstanding), Is.EqualTo((0, 1)), "and counts it once");
        Assert.That(frames.TryTakeReleased(out var token) && !frames.TryTakeReleased(out _), Is.True, "and gives it back once");
        Assert.That(token, Is.EqualTo(5UL));
    }

    [Test]
    public void ShouldLendNothingWhenTheLimitIsZero()
    {
        var frames = new BorrowedFrames(0);
        Assert.That(frames.TryBorrow(1, out _), Is.False);
        Assert.That(frames.Outstanding, Is.Zero);
        Assert.That(() => new BorrowedFrames(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void ShouldGiveBackEveryTokenOfManyThreadsExactlyOnce()
    {
        const int limit = 4, rounds = 100_000, producers = 2;
        var frames = new BorrowedFrames(limit);
        var working = new BoundedQueue<int>(limit);
        var back = new int[producers * rounds];
        var returned = 0;
        var produce = Enumerable.Range(0, producers).Select(producer => (Action)(() =>
        {
            for (var i = 0; i < rounds; i++)
            {
                int number;
                while (!frames.TryBorrow((ulong)(producer * rounds + i), out number))
                    WaitForRoom(frames, limit);
                Assert.That(working.TryEnqueue(number), Is.True);
            }
        }));
        void Release()
        {
            while (Volatile.Read(ref returned) < back.Length)
            {
                if (working.TryDequeue(out var number))
                    frames.Release(number);
                else
                    Thread.Yield();
            }
        }

        void Poll()
        {
            while (Volatile.Read(ref returned) < back.Length)
            {
                if (frames.TryTakeReleased(out var token))
                {
                    Interlocked.Increment(ref back[token]);
                    Interlocked.Increment(ref returned);
                }
                else
                {
                    Thread.Yield();
                }
            }
        }

        Threads.Run([.. produce, Release, Poll]);
        Assert.That(back, Is.All.EqualTo(1));
        Assert.That((frames.Held, frames.Outstanding), Is.EqualTo((0, 0)));
    }

    private static void WaitForRoom(BorrowedFrames frames, int limit)
    {
        var ticket = frames.RoomMade.Prepare();
        if (frames.Held < limit)
            frames.RoomMade.Cancel();
        else
            frames.RoomMade.Wait(ticket, Threads.GuardMs);
    }

    private static int Borrow(BorrowedFrames frames, ulong token)
    {
        Assert.That(frames.TryBorrow(token, out var number), Is.True);
        return number;
    }
}
