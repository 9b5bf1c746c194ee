using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using static OmeZarr.Storage.Zip.ZipRecords;

namespace OmeZarr.Storage.Zip;

/// <summary>
/// What a zip file says of itself at its end. Nothing of it is believed before it fits the file: names that lead out of it, files
/// that lie over each other or beyond the end, more files than there is room for are refused.
/// </summary>
internal sealed class ZipDirectory
{
    /// <summary>A larger directory is refused, so that no file costs much more memory than this.</summary>
    private const long MostBytes = 256 << 20;

    private const int BytesAtOnce = 1 << 20;

    private readonly List<string> _names = [];
    private readonly List<ZipEntry> _entries = [];

    private ZipDirectory()
    {
    }

    /// <summary>Of all files, in the order of the directory.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The files of <see cref="Names"/>.</summary>
    public IReadOnlyList<ZipEntry> Entries => _entries;

    /// <summary>What stands at the end of the file for people or programs.</summary>
    public ImmutableArray<byte> Comment { get; private set; } = [];

    /// <exception cref="InvalidDataException">It is no zip file, or none that can be trusted.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ZipDirectory Read(SafeFileHandle file)
    {
        var directory = new ZipDirectory();
        var size = RandomAccess.GetLength(file);
        var end = directory.ReadEnd(file, size);
        var records = new byte[end.Bytes];
        Fill(file, records, end.Offset);
        directory.ReadEntries(records, end);
        directory.Bound(end.Offset);
        return directory;
    }

    private End ReadEnd(SafeFileHandle file, long size)
    {
        if (size < EndBytes)
            throw new InvalidDataException("it is too short for a zip file");
        var tail = new byte[Math.Min(size, EndBytes + MostText)];
        Fill(file, tail, size - tail.Length);
        for (var at = tail.Length - EndBytes; at >= 0; at--)
        {
            // The comment reaches to the end of the file: the signature may also occur in it.
            if (Int(tail, at) != EndSignature || at + EndBytes + Short(tail, at + 20) != tail.Length)
                continue;
            Comment = [.. tail[(at + EndBytes)..]];
            var record = tail.AsSpan(at, EndBytes);
            var end = new End(Short(record, 10), Int(record, 12), Int(record, 16), Short(record, 4), Short(record, 8));
            var offset = size - tail.Length + at;
            return (Read64(file, offset) ?? end).Checked(offset);
        }

        throw new InvalidDataException("it is no zip file, or its end is missing");
    }

    private static End? Read64(SafeFileHandle file, long end)
    {
        if (end < LocatorBytes + End64Bytes)
            return null;
        var locator = new byte[LocatorBytes];
        Fill(file, locator, end - LocatorBytes);
        if (Int(locator, 0) != LocatorSignature)
            return null;
        var offset = Long(locator, 8);
        if (offset > (ulong)(end - LocatorBytes - End64Bytes))
            throw new InvalidDataException("its directory's end lies beyond the file's");
        var record = new byte[End64Bytes];
        Fill(file, record, (long)offset);
        if (Int(record, 0) != End64Signature)
            throw new InvalidDataException("its directory's end is not where it says");
        return new End(Long(record, 32), Long(record, 40), Long(record, 48), Int(record, 16), Long(record, 24));
    }

    private void ReadEntries(ReadOnlySpan<byte> records, End end)
    {
        var at = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0L; i < end.Count; i++)
        {
            if (records.Length - at < CentralBytes || Int(records, at) != CentralSignature)
                throw new InvalidDataException($"its directory ends before entry {i} of {end.Count}");
            var record = records[at..];
            int name = Short(record, 28), extra = Short(record, 30), comment = Short(record, 32);
            if (record.Length < CentralBytes + name + extra + comment)
                throw new InvalidDataException($"its directory ends within entry {i} of {end.Count}");
            Add(record, record.Slice(CentralBytes, name), record.Slice(CentralBytes + name, extra), (ulong)end.Offset, seen);
            at += CentralBytes + name + extra + comment;
        }

        if (at != records.Length)
            throw new InvalidDataException("its directory has more than its entries");
    }

    private void Add(
        ReadOnlySpan<byte> record, ReadOnlySpan<byte> rawName, ReadOnlySpan<byte> extra, ulong end, HashSet<string> seen)
    {
        var name = NameOf(rawName);
        if (!seen.Add(name))
            throw new InvalidDataException($"it has two entries of the name '{name}'");
        ulong stored = Int(record, 20), bytes = Int(record, 24), header = Int(record, 42), disk = Short(record, 34);
        Read64(extra, ref bytes, ref stored, ref header, ref disk);
        if (disk != 0)
            throw new InvalidDataException("it is a part of several");
        // Only what is compressed may be larger than the file.
        if (stored > end || header > end || bytes > long.MaxValue)
            throw new InvalidDataException($"the entry '{name}' lies beyond the end of the file");
        if ((Short(record, 8) & EncryptedFlag) != 0)
            throw new InvalidDataException($"the entry '{name}' is encrypted");
        var isStored = Short(record, 10) == Stored;
        if (isStored && stored != bytes)
            throw new InvalidDataException($"the entry '{name}' has two sizes, {stored} and {bytes}");
        if (name.EndsWith('/') && stored == 0)
            return; // A folder by itself says nothing.
        // Until the next one is known, its bound is where it must at least end.
        var least = checked((long)header + LocalBytes + rawName.Length + (long)stored);
        _names.Add(name);
        _entries.Add(new ZipEntry((long)header, (long)bytes, least, Int(record, 16), isStored));
    }

    /// <summary>Numbers that did not fit into 32 bits, in the order in which they are missing.</summary>
    private static void Read64(ReadOnlySpan<byte> extra, ref ulong bytes, ref ulong stored, ref ulong header, ref ulong disk)
    {
        while (extra.Length >= 4)
        {
            int kind = Short(extra, 0), length = Short(extra, 2);
            if (extra.Length < 4 + length)
                return;
            var field = extra.Slice(4, length);
            extra = extra[(4 + length)..];
            if (kind != Extra64)
                continue;
            Take(ref field, ref bytes, Elsewhere, sizeof(ulong));
            Take(ref field, ref stored, Elsewhere, sizeof(ulong));
            Take(ref field, ref header, Elsewhere, sizeof(ulong));
            Take(ref field, ref disk, ElsewhereShort, sizeof(uint));
            return;
        }

        static void Take(ref ReadOnlySpan<byte> field, ref ulong number, uint elsewhere, int length)
        {
            if (number != elsewhere)
                return;
            if (field.Length < length)
                throw new InvalidDataException("a number of 64 bits is missing");
            number = length == sizeof(ulong) ? Long(field, 0) : Int(field, 0);
            field = field[length..];
        }
    }

    private static string NameOf(ReadOnlySpan<byte> raw)
    {
        string name;
        try
        {
            name = Utf8.GetString(raw);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException("an entry's name is no UTF-8");
        }

        // What unpacks such a name would write somewhere else.
        var isOutside = name.Length == 0 || name[0] == '/' || name.Contains('\\') || name.Any(char.IsControl)
            || name.Split('/').Any(part => part is ".." or ".");
        return !isOutside ? name
            : throw new InvalidDataException($"an entry's name, '{Printable(name)}', leads out of the file or is none");
    }

    private static string Printable(string name) => new([.. name.Take(100).Select(c => char.IsControl(c) ? '\uFFFD' : c)]);

    /// <summary>Each file ends before the next one begins.</summary>
    private void Bound(long directory)
    {
        var order = Enumerable.Range(0, _entries.Count).ToArray();
        Array.Sort(order, (one, other) => _entries[one].Header.CompareTo(_entries[other].Header));
        for (var i = 0; i < order.Length; i++)
        {
            var next = i + 1 < order.Length ? _entries[order[i + 1]].Header : directory;
            var entry = _entries[order[i]];
            if (entry.Bound > next)
                throw new InvalidDataException($"the entry '{_names[order[i]]}' lies over what comes next");
            _entries[order[i]] = entry with { Bound = next };
        }
    }

    private static void Fill(SafeFileHandle file, Span<byte> into, long offset)
    {
        while (!into.IsEmpty)
        {
            var read = RandomAccess.Read(file, into[..Math.Min(into.Length, BytesAtOnce)], offset);
            if (read == 0)
                throw new InvalidDataException("it ends before its directory does");
            into = into[read..];
            offset += read;
        }
    }

    private readonly record struct End(ulong RawCount, ulong RawBytes, ulong RawOffset, uint Disk, ulong OnThisDisk)
    {
        public long Count => (long)RawCount;

        public long Bytes => (long)RawBytes;

        public long Offset => (long)RawOffset;

        /// <param name="end">Where the record of the end begins.</param>
        public End Checked(long end)
        {
            if (Disk != 0 || OnThisDisk != RawCount)
                throw new InvalidDataException("it is a part of several");
            if (RawOffset > (ulong)end || RawBytes > (ulong)(end - (long)RawOffset))
                throw new InvalidDataException("its directory lies beyond its end");
            if (RawBytes > MostBytes)
            {
                throw new InvalidDataException(
                    $"its directory has {RawBytes} bytes, and at most {MostBytes} are read: use shards");
            }

            return RawCount <= RawBytes / CentralBytes
                ? this
                : throw new InvalidDataException($"its directory has no room for {RawCount} entries");
        }
    }
}
