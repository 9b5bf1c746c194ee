using OmeZarr.Concurrency;
using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Concurrency;

/// <summary>In place of the product's class of that name: threads of the run sleep on words.</summary>
internal static unsafe class AddressWait
{
    public static void Wait(int* word, int expected, long timeoutMicroseconds) =>
        Scheduler.Wait(word, expected, timeoutMicroseconds < 0 ? -1 : timeoutMicroseconds * 1000);

    public static void WakeAll(int* word) => Scheduler.Wake(word, all: true);

    public static void WakeOne(int* word) => Scheduler.Wake(word, all: false);
}

/// <summary>In place of the product's class of that name: a run has no host, and the scheduler knows no priorities but its own.</summary>
internal static class BackgroundThread
{
    public static void Isolate() => Scheduler.Point();

    public static void GiveWay() => Scheduler.Point();
}
