using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Simulation.Storage;

/// <summary>
/// What a power cut would leave of a store's objects. The system writes out when it likes, in any order. Of a version that was
/// not made durable there may be nothing, all of it, its name alone, or some of its bytes, independently of other objects.
/// </summary>
internal sealed class Disk
{
    /// <summary>What a file system writes at once, made small for small objects, in bytes.</summary>
    private const int Block = 16;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _versions;

    /// <summary>Number of the newest version of any object.</summary>
    public long Newest => _versions;

    /// <summary>Objects of which a power cut may leave something other than what readers see.</summary>
    public IEnumerable<string> Unconfirmed => _entries.Where(entry => entry.Value.Pending.Count > 0).Select(entry => entry.Key);

    /// <summary>Records what readers see from now on at a key; returns the version's number.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="bytes">All of it; never changed.</param>
    /// <param name="isWhole">Whether its bytes are on the disk, and only its name may not be.</param>
    /// <param name="isOpen">Whether it is under construction, so that a sync of the store leaves it out.</param>
    public long Show(string key, byte[] bytes, bool isWhole, bool isOpen)
    {
        if (!_entries.TryGetValue(key, out var entry))
            _entries.Add(key, entry = new Entry());
        entry.Pending.Add(new Version(++_versions, bytes, isWhole, isOpen));
        return _versions;
    }

    /// <summary>Makes a version durable: no earlier one can come back.</summary>
    public void Confirm(string key, long version) => Confirm(_entries[key], kept => kept.Number <= version);

    /// <summary>Makes all versions up to a number durable, except those of objects under construction.</summary>
    public void ConfirmAll(long version)
    {
        foreach (var entry in _entries.Values)
            Confirm(entry, kept => kept.Number <= version && !kept.IsOpen);
    }

    /// <summary>Whether all versions up to a number are durable.</summary>
    public bool IsConfirmed(long version) => !_entries.Values.Any(entry => entry.Pending.Exists(kept => kept.Number <= version));

    /// <summary>What a power cut leaves: one of the many possibilities.</summary>
    public Dictionary<string, byte[]> AfterCut(Chances chances)
    {
        var left = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        // Of the last writes usually nothing or everything has been written out; sometimes a part.
        var kept = chances.Of(1, 2, 2, 8);
        foreach (var (key, entry) in _entries)
        {
            if (Drawn(entry, kept, chances) is { } bytes)
                left[key] = bytes;
        }

        return left;
    }

    private static void Confirm(Entry entry, Predicate<Version> isConfirmed)
    {
        var last = entry.Pending.FindLastIndex(isConfirmed);
        if (last < 0)
            return;
        entry.Durable = entry.Pending[last].Bytes;
        entry.Pending.RemoveRange(0, last + 1);
    }

    private static byte[]? Drawn(Entry entry, int kept, Chances chances)
    {
        if (entry.Pending.Count == 0 || chances.OneIn(kept + 1))
            return entry.Durable;
        var version = entry.Pending[chances.Below(entry.Pending.Count)];
        return version.IsWhole || chances.OneIn(2) ? version.Bytes : Torn(version.Bytes, chances);
    }

    private static byte[] Torn(byte[] bytes, Chances chances)
    {
        if (chances.OneIn(2))
            return [];
        byte[] torn = [.. bytes];
        for (var at = 0; at < torn.Length; at += Block)
        {
            if (chances.OneIn(2))
                torn.AsSpan(at, Math.Min(Block, torn.Length - at)).Clear();
        }

        return torn;
    }

    private sealed class Entry
    {
        public byte[]? Durable { get; set; }

        public List<Version> Pending { get; } = [];
    }

    private sealed record Version(long Number, byte[] Bytes, bool IsWhole, bool IsOpen);
}
