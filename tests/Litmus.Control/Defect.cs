namespace OmeZarr.Litmus;

/// <summary>A mistake in a part of the library that is easily made, and found by hardly any test but a litmus.</summary>
/// <param name="Name">What it is chosen by.</param>
/// <param name="Scenario">The scenario that must catch it.</param>
/// <param name="What">What is wrong.</param>
internal sealed record Defect(string Name, string Scenario, string What)
{
    public static readonly Defect UntaggedSlots = new("untagged-slots", "slots", "SlotStack does not notice a slot that left and came back (ABA)");
    public static readonly Defect EarlyCell = new("early-cell", "queue", "BoundedQueue says that a cell is full before its item is written");
    public static readonly Defect EarlyReturn = new("early-return", "queue", "BoundedQueue gives a cell back before its item is read");
    public static readonly Defect PlainCount = new("plain-count", "ring", "FrameRing counts holders with a read and a write");
    public static readonly Defect PlainOwner = new("plain-owner", "ring", "FrameRing takes a slot from its caller with a look and a write");
    public static readonly Defect FirstHolder = new("first-holder", "release", "FrameRing releases a borrowed frame when its first holder lets go");
    public static readonly Defect LateToken = new("late-token", "release", "BorrowedFrames reads the token after it has made room for another");
    public static readonly Defect UnlockedWork = new("unlocked-work", "work", "ReadyWork is taken from without its lock");
    public static readonly Defect DeafWait = new("deaf-wait", "work", "EventCount forgets a notify between prepare and wait");
    public static readonly Defect LateSleeper = new("late-sleeper", "work", "EventCount counts a sleeper when it sleeps, not when it prepares");
    public static readonly Defect LateLeave = new("late-leave", "work", "WorkWatch looks for work before it stops being attentive");

    public static IReadOnlyList<Defect> All { get; } =
    [
        UntaggedSlots, EarlyCell, EarlyReturn, PlainCount, PlainOwner, FirstHolder, LateToken, UnlockedWork, DeafWait, LateSleeper, LateLeave,
    ];

    /// <summary>The only one that is there; null for none. Chosen before the first thread starts.</summary>
    public static Defect? Chosen { get; set; }

    public bool IsChosen => ReferenceEquals(this, Chosen);
}
