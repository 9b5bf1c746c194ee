using OmeZarr.Litmus.Scenarios;

namespace OmeZarr.Litmus;

/// <summary>A way to use a part of the library from many threads, and what must hold meanwhile and at the end.</summary>
/// <param name="Name">What it is chosen by.</param>
/// <param name="Checks">What must hold.</param>
/// <param name="Play">Uses new objects until as many operations as the trial wants are done, or something is found.</param>
internal sealed record Scenario(string Name, string Checks, Action<Trial> Play)
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("slots", "SlotStack: no slot has two owners, none is lost", SlotsScenario.Play),
        new("queue", "BoundedQueue: nothing is lost, doubled, torn, or out of its producer's order", QueueScenario.Play),
        new("ring", "FrameRing: each frame is seen once and whole until every reference is released; slots committed in any "
            + "order, or cancelled", RingScenario.Play),
        new("release", "BorrowedFrames: each token comes back once, and nobody reads the frame any more", ReleaseScenario.Play),
        new("work", "ReadyWork, WorkerSignal, InFlightCounts: each batch is taken once, no wake-up is lost, a flush leaves "
            + "nothing out", WorkScenario.Play),
    ];
}
