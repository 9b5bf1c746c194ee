namespace OmeZarr.Simulation.Scheduling;

/// <summary>Numbers that follow from a seed alone (SplitMix64), the same on every machine and version of the runtime.</summary>
/// <param name="seed">Any number.</param>
internal sealed class Chances(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 to <paramref name="bound"/> - 1.</summary>
    public int Below(int bound) => (int)(((UInt128)Next() * (ulong)bound) >> 64);

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>
    /// A number from <paramref name="least"/> to <paramref name="most"/>, small and large orders of magnitude alike.
    /// </summary>
    public long Spread(long least, long most) =>
        (long)(least * Math.Pow((double)most / least, (Next() >> 11) * (1.0 / (1UL << 53))));

    public bool OneIn(int chances) => Below(chances) == 0;

    public T Of<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    /// <summary>How many steps pass until one that comes with a chance of 1 in <paramref name="mean"/>, at least 1.</summary>
    public int StepsUntil(int mean)
    {
        if (mean <= 1)
            return 1;
        var chance = ((Next() >> 11) + 1) * (1.0 / (1UL << 53));
        return 1 + (int)Math.Min(int.MaxValue / 2, Math.Log(chance) / Math.Log(1 - 1.0 / mean));
    }

    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var other = Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>An independent sequence, for a part that must not change when other parts draw more or fewer numbers.</summary>
    public Chances Fork() => new(Next());
}
