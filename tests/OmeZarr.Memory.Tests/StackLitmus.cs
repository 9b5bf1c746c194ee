namespace OmeZarr.Memory.Tests;

/// <summary>
/// Threads that take one or two slots of a very small stack and give them back in either order: a slot soon leaves and
/// comes back while another thread is about to take it.
/// </summary>
internal static class StackLitmus
{
    public const int Slots = 3;

    private const int Workers = 4;

    public delegate bool Pop(out int slot);

    /// <summary>The first thing found wrong, or null.</summary>
    public static string? Violation(Pop pop, Action<int> push, int rounds)
    {
        var owned = new int[Slots];
        string? violation = null;
        Threads.Run(Workers, worker =>
        {
            for (var round = 0; round < rounds && Volatile.Read(ref violation) is null; round++)
            {
                if (!TryTake(out var first))
                    continue;
                var hasSecond = TryTake(out var second);
                if (hasSecond && (round + worker) % 2 == 0)
                    GiveBack(second);
                GiveBack(first);
                if (hasSecond && (round + worker) % 2 != 0)
                    GiveBack(second);
            }
        });
        return violation ?? Missing(pop);

        bool TryTake(out int slot)
        {
            if (!pop(out slot))
                return false;
            if (Interlocked.Exchange(ref owned[slot], 1) != 0)
                Interlocked.CompareExchange(ref violation, $"slot {slot} was given to two threads", null);
            return true;
        }

        void GiveBack(int slot)
        {
            Volatile.Write(ref owned[slot], 0);
            push(slot);
        }
    }

    private static string? Missing(Pop pop)
    {
        var left = new HashSet<int>();
        while (left.Count < Slots && pop(out var slot))
        {
            if (!left.Add(slot))
                return $"slot {slot} is on the stack twice";
        }

        return left.Count == Slots && !pop(out _) ? null : $"{left.Count} of {Slots} slots are left";
    }
}
