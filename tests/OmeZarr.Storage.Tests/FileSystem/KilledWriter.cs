using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>
/// The program that <see cref="KillTests"/> starts and kills: it appends pieces to a shard and publishes an index after
/// each, for ever. What it does can be checked from the file alone.
/// </summary>
internal static class KilledWriter
{
    public const string Key = "0/c/0";

    /// <summary>Bytes of a piece; its content follows from its number.</summary>
    public const int PieceBytes = 300;

    /// <summary>Bytes of the index: several pages, so that a torn one would show.</summary>
    public const int FooterBytes = 40_000;

    /// <summary>Bytes of the index of a shard of 1 048 576 chunks.</summary>
    public const int LargeFooterBytes = 16 * 1_048_576 + 4;

    /// <summary>Bytes of an index that fits a page, but hardly.</summary>
    public const int SmallFooterBytes = 4004;

    private const int MaxPieces = FooterSlots.MaxCount - 1;

    /// <summary>
    /// Arguments: the root folder; "unbuffered" for a writer past the page cache; "small" for an index that fits a page. Prints
    /// the number of pieces after each publication.
    /// </summary>
    public static int Main(string[] arguments)
    {
        if (arguments[0] == KilledBeginning.Mode)
            return KilledBeginning.Run(arguments[1], arguments[2]);
        if (arguments[0] == CrowdedStores.Mode)
            return CrowdedStores.Run(arguments[1]);
        if (arguments.Contains("large"))
            return RunLarge(arguments[0]);
        for (var shard = 0; ; shard++)
        {
            var options = new FileSystemOptions() { Unbuffered = arguments.Contains("unbuffered") };
            using var store = new FileSystemStore(Path.Join(arguments[0], shard.ToString(CultureInfo.InvariantCulture)), options);
            store.Begin(overwrite: false);
            store.Commit();
            using var writer = store.Create(Key, (long)MaxPieces * Distance(store.WriteAlignment));
            var footer = new byte[arguments.Contains("small") ? SmallFooterBytes : FooterBytes];
            for (var pieces = 1; pieces <= MaxPieces; pieces++)
            {
                writer.Append(Piece(pieces - 1));
                WriteFooter(footer, pieces);
                if (writer.PublishFooter(footer, durable: false))
                    Console.Out.WriteLine($"{shard} {pieces}");
            }

            writer.Complete(footer, durable: false);
        }
    }

    // The index of a shard of 1 048 576 chunks, over and over, as if asked for every 10 ms until its slots are used up and
    // beyond.
    private static int RunLarge(string folder)
    {
        var clock = new SteppedClock();
        // A limit leaves 64 slots where footers cannot be moved.
        const long room = 1L << 30, limit = room + 66L * (LargeFooterBytes + FooterSlots.PageBytes);
        using var store = new FileSystemStore(Path.Join(folder, "large"),
            new FileSystemOptions { Clock = clock, FileSizeLimit = limit });
        store.Begin(overwrite: false);
        store.Commit();
        using var writer = store.Create(Key, room, LargeFooterBytes);
        var footer = new byte[LargeFooterBytes];
        for (var number = 1; ; number++)
        {
            WriteFooter(footer, number);
            if (writer.PublishFooter(footer, durable: false))
                Console.Out.WriteLine($"0 {number}");
            // Slowly at first; then so that the slots, which last for a year, are used up in some seconds.
            clock.Advance(TimeSpan.FromMilliseconds(Math.Min(10 + Math.Pow(number, 3), TimeSpan.MillisecondsPerDay)));
        }
    }

    /// <summary>Bytes from one piece to the next.</summary>
    public static int Distance(int alignment) => (PieceBytes + alignment - 1) / alignment * alignment;

    public static byte[] Piece(int number)
    {
        var piece = new byte[PieceBytes];
        new Random(number).NextBytes(piece);
        return piece;
    }

    /// <summary>The number of pieces that the end of a file names, or null when it is torn.</summary>
    public static int? ReadFooter(ReadOnlySpan<byte> file, int footerBytes = FooterBytes)
    {
        if (file.Length < footerBytes)
            return null;
        var pieces = BinaryPrimitives.ReadInt32LittleEndian(file[^footerBytes..]);
        var expected = new byte[footerBytes];
        WriteFooter(expected, pieces);
        return file[^footerBytes..].SequenceEqual(expected) ? pieces : null;
    }

    // The same number all over, to the very end.
    private static void WriteFooter(Span<byte> footer, int pieces) => MemoryMarshal.Cast<byte, int>(footer).Fill(pieces);
}
