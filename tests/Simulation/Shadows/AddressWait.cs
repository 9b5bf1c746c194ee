using OmeZarr.Concurrency;
using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Concurrency;

/// <summary>Replaces the product's class of that name: threads of the run sleep on words.</summary>
internal static unsafe class AddressWait
{
    public static void Wait(int* word, int expected, long timeoutMicroseconds) =>
        Scheduler.Wait(word, expected, timeoutMicroseconds < 0 ? -1 : timeoutMicroseconds * 1000);

    public static void WakeAll(int* word) => Scheduler.Wake(word, all: true);

    public static void WakeOne(int* word) => Scheduler.Wake(word, all: false);
}

/// <summary>Replaces the product's class of that name: a run has no host, and the scheduler has its own priorities.</summary>
internal static class BackgroundThread
{
    public static void Isolate() => Scheduler.Point();

    public static void GiveWay() => Scheduler.Point();
}
