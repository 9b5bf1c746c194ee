using System.Runtime.ExceptionServices;

namespace OmeZarr.Concurrency.Tests;

/// <summary>Runs threads that start together. A hang fails the test instead of stopping the run.</summary>
internal static class Threads
{
    /// <summary>Far beyond what any test needs: only a hang takes as long.</summary>
    public const int GuardMs = 120_000;

    /// <summary>Runs each body on a thread of its own, and passes on the first exception of any of them.</summary>
    public static void Run(params Action[] bodies)
    {
        using var start = new Barrier(bodies.Length);
        Exception? failure = null;
        var threads = bodies.Select(body => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                body();
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
        })
        { IsBackground = true }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            Assert.That(thread.Join(GuardMs), Is.True, "a thread hangs");
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Runs the same body on several threads, each with its number.</summary>
    public static void Run(int count, Action<int> body) =>
        Run([.. Enumerable.Range(0, count).Select(number => (Action)(() => body(number)))]);
}
