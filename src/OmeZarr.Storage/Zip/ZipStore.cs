using System.Collections.Frozen;
using Microsoft.Win32.SafeHandles;
using static OmeZarr.Storage.Zip.ZipRecords;

namespace OmeZarr.Storage.Zip;

/// <summary>
/// Reads a dataset in a single zip file whose entries are not compressed (RFC-9, <c>.ozx</c>). The file's directory is read once;
/// the file must not change. Any thread.
/// </summary>
/// <seealso href="https://ngff.openmicroscopy.org/rfc/9/index.html"/>
public sealed unsafe class ZipStore : IReadableStore, IListableStore
{
    /// <summary>What is read by one call of the system, in bytes; between two, cancelling is seen.</summary>
    private const int MostBytesAtOnce = 8 << 20;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly ZipDirectory _directory;
    private readonly FrozenDictionary<string, ZipEntry> _entries;
    private readonly FrozenDictionary<string, ZipEntry>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly Lazy<string[]> _sorted;

    /// <summary>Opens a file.</summary>
    /// <exception cref="StoreException">It cannot be read, or is none that can be trusted; the message says why.</exception>
    public ZipStore(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        _path = path;
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path);
            _directory = ZipDirectory.Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            file?.Dispose();
            throw Failure(path, e);
        }

        _file = file;
        _entries = _directory.Names.Zip(_directory.Entries)
            .ToFrozenDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        _lookup = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
        _sorted = new Lazy<string[]>(() => [.. _directory.Names.Order(StringComparer.Ordinal)]);
    }

    /// <summary>The names of all entries, in the order of the file's directory.</summary>
    public IReadOnlyList<string> Names => _directory.Names;

    /// <summary>What stands at the end of the file for people or programs.</summary>
    public ReadOnlySpan<byte> Comment => _directory.Comment.AsSpan();

    /// <summary>The entry of one of <see cref="Names"/>.</summary>
    public ZipEntry Entry(string name) => _entries[name];

    /// <inheritdoc/>
    public byte[]? Get(string key, int mostBytes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNegative(mostBytes);
        if (Find(key, cancel) is not { } entry)
            return null;
        if (entry.Bytes > mostBytes)
        {
            throw new StoreException(
                StoreErrorKind.TooLarge, $"{_path}: '{key}' has {entry.Bytes} bytes; at most {mostBytes} are read.");
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)entry.Bytes);
        Fill(bytes, FirstOf(key, entry), key, cancel);
        return bytes;
    }

    /// <inheritdoc/>
    public long? Read(ReadOnlySpan<char> key, ReadOnlySpan<RangeRead> ranges, CancellationToken cancel)
    {
        if (Find(key, cancel) is not { } entry)
            return null;
        if (ranges.IsEmpty)
            return entry.Bytes;
        var first = FirstOf(key, entry);
        foreach (var range in ranges)
        {
            var (offset, bytes) = range.Within(entry.Bytes);
            for (nint done = 0; done < bytes;)
            {
                var count = (int)Math.Min(bytes - done, MostBytesAtOnce);
                // SAFETY: the caller of the store vouches for the memory, of which this is a part.
                Fill(new Span<byte>((byte*)range.Into.First + done, count), first + offset + done, key, cancel);
                done += count;
            }
        }

        return entry.Bytes;
    }

    /// <inheritdoc/>
    public IEnumerable<StoreEntry> List(string prefix, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length > 0)
            StoreKey.Validate(prefix);
        return Enumerate(prefix.Length == 0 ? "" : prefix + '/', cancel);
    }

    public void Dispose() => _file.Dispose();

    private IEnumerable<StoreEntry> Enumerate(string prefix, CancellationToken cancel)
    {
        var names = _sorted.Value;
        for (var at = FirstFrom(names, prefix); at < names.Length && names[at].StartsWith(prefix, StringComparison.Ordinal);)
        {
            ThrowIfCancelled(prefix, cancel);
            var rest = names[at].AsSpan(prefix.Length);
            var end = rest.IndexOf('/');
            var name = (end < 0 ? rest : rest[..end]).ToString();
            if (StoreKey.IsPart(name))
                yield return new StoreEntry(name, end >= 0);
            // What lies below a prefix is one entry: the character after '/' comes after all of it.
            at = end < 0 ? at + 1 : FirstFrom(names, $"{prefix}{name}{(char)('/' + 1)}");
        }
    }

    private static int FirstFrom(string[] names, string least)
    {
        var at = Array.BinarySearch(names, least, StringComparer.Ordinal);
        return at < 0 ? ~at : at;
    }

    private ZipEntry? Find(ReadOnlySpan<char> key, CancellationToken cancel)
    {
        StoreKey.Validate(key);
        ThrowIfCancelled(key, cancel);
        return _lookup.TryGetValue(key, out var entry) ? entry : null;
    }

    /// <summary>Where an entry's bytes begin: its local header says how long it is itself.</summary>
    private long FirstOf(ReadOnlySpan<char> key, ZipEntry entry)
    {
        if (!entry.IsStored)
        {
            throw new StoreException(StoreErrorKind.Io,
                $"{_path}: '{key}' is compressed by the zip file, and only what is stored as it is can be read: unpack it, and "
                + "pack it with omezarr pack.");
        }

        Span<byte> header = stackalloc byte[LocalBytes];
        FillRaw(header, entry.Header, key);
        var first = entry.Header + LocalBytes + Short(header, 26) + Short(header, 28);
        return Int(header, 0) == LocalSignature && Short(header, 8) == Stored && first + entry.Bytes <= entry.Bound
            ? first
            : throw new StoreException(StoreErrorKind.Io, $"{_path}: '{key}' is not where the file's directory says.");
    }

    private void Fill(Span<byte> into, long offset, ReadOnlySpan<char> key, CancellationToken cancel)
    {
        while (!into.IsEmpty)
        {
            ThrowIfCancelled(key, cancel);
            var part = into[..Math.Min(into.Length, MostBytesAtOnce)];
            FillRaw(part, offset, key);
            into = into[part.Length..];
            offset += part.Length;
        }
    }

    private void FillRaw(Span<byte> into, long offset, ReadOnlySpan<char> key)
    {
        try
        {
            while (!into.IsEmpty)
            {
                var read = RandomAccess.Read(_file, into, offset);
                if (read == 0)
                    throw new StoreException(StoreErrorKind.Io, $"{_path}: the file has been cut within '{key}'.");
                into = into[read..];
                offset += read;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw new StoreException(StoreErrorKind.Io, $"{_path}: '{key}' cannot be read: {e.Message}", e);
        }
    }

    private void ThrowIfCancelled(ReadOnlySpan<char> key, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
            throw new StoreException(StoreErrorKind.Cancelled, $"{_path}: reading '{key}' was given up.");
    }

    private static StoreException Failure(string path, Exception e) => new(
        e is UnauthorizedAccessException ? StoreErrorKind.AccessDenied : StoreErrorKind.Io,
        e is InvalidDataException ? $"{path} is no dataset in a zip file: {e.Message}." : $"{path} cannot be read: {e.Message}",
        e);
}
