using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace OmeZarr.Memory.Tests;

/// <summary>Two producers and two consumers on one small queue, and what must hold of all that comes out.</summary>
internal static class QueueLitmus
{
    private const int Producers = 2;
    private const int Consumers = 2;

    public delegate bool Enqueue(in Item item);

    public delegate bool Dequeue(out Item item);

    /// <summary>So large that writing it takes long enough for others to see it half written.</summary>
    [InlineArray(Words)]
    public struct Item
    {
        private const int Words = 256;

        private long _first;

        public readonly int Producer => (int)(_first >> 32);

        public readonly int Number => (int)_first;

        public static Item Of(int producer, int number)
        {
            Item item = default;
            ((Span<long>)item).Fill((long)producer << 32 | (uint)number);
            return item;
        }

        [UnscopedRef]
        public readonly bool IsTorn => ((ReadOnlySpan<long>)this).ContainsAnyExcept(_first);
    }

    /// <summary>The first thing found wrong, or null.</summary>
    public static string? Violation(Enqueue enqueue, Dequeue dequeue, int rounds)
    {
        var seen = new int[Producers][];
        for (var i = 0; i < Producers; i++)
            seen[i] = new int[rounds];
        string? violation = null;
        var taken = 0;
        var produce = Enumerable.Range(0, Producers).Select(producer => (Action)(() =>
        {
            for (var number = 0; number < rounds; number++)
            {
                var item = Item.Of(producer, number);
                while (!enqueue(item))
                    Thread.Yield();
            }
        }));
        var consume = Enumerable.Range(0, Consumers).Select(_ => (Action)(() =>
        {
            var last = new[] { -1, -1 };
            while (Volatile.Read(ref taken) < Producers * rounds)
            {
                if (!dequeue(out var item))
                {
                    Thread.Yield();
                    continue;
                }

                Interlocked.Increment(ref taken);
                if (Judge(item, last, seen) is { } wrong)
                    Interlocked.CompareExchange(ref violation, wrong, null);
            }
        }));
        Threads.Run([.. produce, .. consume]);
        return violation ?? (seen.All(numbers => numbers.All(count => count == 1)) ? null : "an item was lost");
    }

    private static string? Judge(in Item item, int[] last, int[][] seen)
    {
        if (item.IsTorn || item.Producer >= Producers || item.Number >= seen[0].Length)
            return "an item is torn";
        if (item.Number <= last[item.Producer])
            return $"{item.Number} of producer {item.Producer} came after {last[item.Producer]}";
        last[item.Producer] = item.Number;
        return Interlocked.Increment(ref seen[item.Producer][item.Number]) > 1
            ? $"{item.Number} of producer {item.Producer} came twice"
            : null;
    }
}
