using System.Globalization;
using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>
/// The program that <see cref="DescriptorTests"/> runs with few descriptors: many stores with many open shards each.
/// </summary>
internal static class CrowdedStores
{
    public const string Mode = "crowd";

    private const int Stores = 8;
    private const int Shards = 300;
    private const int Pieces = 4;

    /// <summary>Returns 0 when everything was written, and prints how many descriptors were open at most.</summary>
    public static int Run(string folder)
    {
        var most = 0;
        Parallel.For(0, Stores, new ParallelOptions { MaxDegreeOfParallelism = Stores }, number =>
        {
            using var store = new FileSystemStore(Path.Join(folder, number.ToString(CultureInfo.InvariantCulture)));
            store.Begin(overwrite: false, new StoredObject("zarr.json", "{}"u8.ToArray()));
            store.Commit();
            IObjectWriter[] shards = [.. Enumerable.Range(0, Shards).Select(i => store.Create($"0/c/{i}", 64, 4))];
            for (var piece = 0; piece < Pieces; piece++)
            {
                for (var i = 0; i < Shards; i++)
                {
                    shards[i].Append(BitConverter.GetBytes(i + piece));
                    if (piece == 1)
                        shards[i].PublishFooter("FOOT"u8, durable: false);
                }

                store.Put($"1/c/{piece}", "chunk"u8, durable: false);
                InterlockedMax(ref most, Directory.GetFileSystemEntries("/proc/self/fd").Length);
            }

            for (var i = 0; i < Shards; i++)
            {
                shards[i].Complete("FOOT"u8, durable: false);
                var stored = store.Get($"0/c/{i}")!;
                if (stored.Length != 4 * Pieces + 4 || BitConverter.ToInt32(stored, 4) != i + 1)
                    throw new InvalidDataException($"shard {i} of store {number}");
            }
        });
        Console.WriteLine(most);
        return 0;
    }

    private static void InterlockedMax(ref int place, int value)
    {
        for (var seen = Volatile.Read(ref place); value > seen;)
        {
            var now = Interlocked.CompareExchange(ref place, value, seen);
            if (now == seen)
                return;
            seen = now;
        }
    }
}
