namespace OmeZarr.Harness;

/// <summary>Generators of seeds that people count through: neighbours would otherwise begin alike.</summary>
public static class Seeds
{
    private const ulong Step = 0x9E3779B97F4A7C15, First = 0xBF58476D1CE4E5B9, Second = 0x94D049BB133111EB;

    public static Random Generator(int seed) => new((int)Mixed((uint)seed));

    // SplitMix64.
    private static ulong Mixed(ulong seed)
    {
        unchecked
        {
            var mixed = (seed + 1) * Step;
            mixed = (mixed ^ (mixed >> 30)) * First;
            mixed = (mixed ^ (mixed >> 27)) * Second;
            return (mixed ^ (mixed >> 31)) & int.MaxValue;
        }
    }
}
