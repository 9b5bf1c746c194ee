namespace OmeZarr.Concurrency.Tests;

public class EventCountTests
{
    [Test]
    public void ShouldNeverLoseAWakeUpBetweenTwoThreads()
    {
        var events = new EventCount();
        var losses = PingPong(200_000, Threads.GuardMs, (isMyTurn, timeoutMs) =>
        {
            var ticket = events.Prepare();
            if (isMyTurn())
                events.Cancel();
            else
                events.Wait(ticket, timeoutMs);
        }, events.Notify);
        Assert.That(losses, Is.Zero);
        Assert.That(events.Waiting, Is.Zero);
    }

    [Test]
    public void ShouldBeToldApartFromAWaiterThatLooksForWorkBeforeItRegisters()
    {
        var events = new EventCount();
        var losses = PingPong(200_000, timeoutMs: 50, (isMyTurn, timeoutMs) =>
        {
            if (isMyTurn())
                return;
            // The mistake: a notify that falls in here finds nobody to wake, and is not seen below.
            Thread.Yield();
            events.Wait(events.Prepare(), timeoutMs);
        }, events.Notify, stopAtFirstLoss: true);
        Assert.That(losses, Is.Positive);
    }

    [Test]
    public void ShouldWakeEveryWaiterAtOnce()
    {
        const int waiters = 6;
        var events = new EventCount();
        var isOpen = 0;
        var bodies = Enumerable.Range(0, waiters).Select(_ => (Action)(() =>
        {
            while (Volatile.Read(ref isOpen) == 0)
            {
                var ticket = events.Prepare();
                if (Volatile.Read(ref isOpen) == 0)
                    events.Wait(ticket, -1);
                else
                    events.Cancel();
            }
        }));
        Threads.Run([.. bodies, () =>
        {
            while (events.Waiting < waiters)
                Thread.Yield();
            Volatile.Write(ref isOpen, 1);
            events.Notify();
        }]);
        Assert.That(events.Waiting, Is.Zero);
    }

    [Test]
    public void ShouldReturnFromAWaitThatNobodyEndsOnceItsTimeHasPassed()
    {
        var events = new EventCount();
        events.Wait(events.Prepare(), 0);
        events.Wait(events.Prepare(), 1);
        Assert.That(events.Waiting, Is.Zero);
    }

    [Test]
    public void ShouldNotSleepOnATicketThatWasNotifiedMeanwhile()
    {
        var events = new EventCount();
        var ticket = events.Prepare();
        Assert.That(events.IsCurrent(ticket), Is.True);
        events.Notify();
        Assert.That(events.IsCurrent(ticket), Is.False);
        Threads.Run(() => events.Wait(ticket, -1));
        Assert.That(events.Waiting, Is.Zero);
    }

    [Test]
    public void ShouldForgetANotifyThatNobodyWaitedFor()
    {
        var events = new EventCount();
        events.Notify();
        var ticket = events.Prepare();
        Assert.That(events.IsCurrent(ticket), Is.True);
        events.Cancel();
    }

    /// <summary>Two threads hand a turn to each other; returns how often one slept on although it had been its turn.</summary>
    private static int PingPong(int rounds, int timeoutMs, Action<Func<bool>, int> wait, Action notify, bool stopAtFirstLoss =
        false)
    {
        long turn = 0;
        var losses = 0;
        Threads.Run(2, me =>
        {
            bool IsMyTurn() => Volatile.Read(ref turn) % 2 == me;
            for (var round = 0; round < rounds && !(stopAtFirstLoss && Volatile.Read(ref losses) > 0); round++)
            {
                while (!IsMyTurn())
                {
                    if (stopAtFirstLoss && Volatile.Read(ref losses) > 0)
                        return;
                    var began = Environment.TickCount64;
                    wait(IsMyTurn, timeoutMs);
                    if (Environment.TickCount64 - began >= timeoutMs && IsMyTurn())
                        Interlocked.Increment(ref losses);
                }

                Interlocked.Increment(ref turn);
                notify();
            }
        });
        return losses;
    }
}
