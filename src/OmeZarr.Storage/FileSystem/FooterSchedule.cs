namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Says which publications take place where slots are used up one by one: half of them as they are asked for; then each when the
/// object has grown older by a fixed share since the last one, a share so small that the slots last for a year.
/// </summary>
internal struct FooterSchedule
{
    private static readonly double HorizonMs = TimeSpan.FromDays(365).TotalMilliseconds;

    private long _first; // Time stamps of the clock.
    private long _last;
    private double _share;

    /// <summary>Whether a footer may be published now.</summary>
    /// <param name="left">Slots that are left for publications.</param>
    /// <param name="all">Slots that there were in the beginning.</param>
    /// <param name="clock">Measures the object's age.</param>
    public bool IsDue(int left, int all, TimeProvider clock)
    {
        if (left <= 0)
            return false;
        if (2 * left > all)
            return true;
        var age = Math.Max(1, clock.GetElapsedTime(_first, _last).TotalMilliseconds);
        if (_share == 0)
            _share = Math.Max(0.001, Math.Pow(Math.Max(2, HorizonMs / age), 1.0 / left) - 1);
        return clock.GetElapsedTime(_last).TotalMilliseconds >= age * _share;
    }

    /// <summary>Notes that one has been published.</summary>
    public void Published(TimeProvider clock)
    {
        _last = clock.GetTimestamp();
        if (_first == 0)
            _first = _last;
    }
}
