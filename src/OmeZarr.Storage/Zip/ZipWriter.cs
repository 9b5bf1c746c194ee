using System.Buffers;
using System.Buffers.Binary;
using static OmeZarr.Storage.Zip.ZipRecords;

namespace OmeZarr.Storage.Zip;

/// <summary>
/// Writes a zip file of entries as they are, all with numbers of 64 bits, as RFC-9 recommends for OME-Zarr. One thread.
/// </summary>
/// <param name="output">Where it goes; can seek, and is empty. Stays open.</param>
/// <seealso href="https://ngff.openmicroscopy.org/rfc/9/index.html"/>
public sealed class ZipWriter(Stream output)
{
    private const int ExtraBytes = 20;
    private const int CentralExtraBytes = 28;
    private const int BufferBytes = 1 << 20;

    // The day that zip files begin with, 1980-01-01: the same dataset gives the same bytes.
    private const uint NoTime = 0x0021_0000;

    private readonly ArrayBufferWriter<byte> _directory = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private long _count;

    /// <summary>Adds an entry.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Read to its end.</param>
    /// <param name="onBytes">Told how many bytes have been written since the last time; may throw to give up.</param>
    public void Add(string name, Stream content, Action<int> onBytes)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(onBytes);
        var utf8 = Utf8.GetBytes(name);
        if (utf8.Length > MostText)
            throw new ArgumentException($"the name has {utf8.Length} bytes, and {MostText} are possible", nameof(name));
        var header = output.Position;
        var local = new byte[LocalBytes + utf8.Length + ExtraBytes];
        output.Write(local);
        uint crc = 0;
        long bytes = 0;
        for (int read; (read = content.Read(_buffer)) > 0;)
        {
            onBytes(read);
            output.Write(_buffer, 0, read);
            crc = Crc32.Append(crc, _buffer.AsSpan(0, read));
            bytes += read;
        }

        var end = output.Position;
        WriteLocal(local, utf8, crc, bytes);
        output.Position = header;
        output.Write(local);
        output.Position = end;
        AddToDirectory(utf8, crc, bytes, header);
        _count++;
    }

    /// <summary>Writes the directory, which is what makes the file one.</summary>
    /// <param name="comment">At most 65,535 bytes.</param>
    public void Complete(ReadOnlySpan<byte> comment)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(comment.Length, MostText);
        var first = output.Position;
        output.Write(_directory.WrittenSpan);
        var end = output.Position;
        var records = new byte[End64Bytes + LocatorBytes + EndBytes];
        var end64 = records.AsSpan(0, End64Bytes);
        PutInt(end64, 0, End64Signature);
        PutLong(end64, 4, End64Bytes - 12);
        PutShort(end64, 12, Version64);
        PutShort(end64, 14, Version64);
        PutLong(end64, 24, _count);
        PutLong(end64, 32, _count);
        PutLong(end64, 40, end - first);
        PutLong(end64, 48, first);
        var locator = records.AsSpan(End64Bytes, LocatorBytes);
        PutInt(locator, 0, LocatorSignature);
        PutLong(locator, 8, end);
        PutInt(locator, 16, 1);
        var last = records.AsSpan(End64Bytes + LocatorBytes);
        PutInt(last, 0, EndSignature);
        PutShort(last, 8, ElsewhereShort);
        PutShort(last, 10, ElsewhereShort);
        PutInt(last, 12, Elsewhere);
        PutInt(last, 16, Elsewhere);
        PutShort(last, 20, (ushort)comment.Length);
        output.Write(records);
        output.Write(comment);
    }

    private static void WriteLocal(Span<byte> local, ReadOnlySpan<byte> name, uint crc, long bytes)
    {
        PutInt(local, 0, LocalSignature);
        PutShort(local, 4, Version64);
        PutShort(local, 6, Utf8Flag);
        PutShort(local, 8, Stored);
        PutInt(local, 10, NoTime);
        PutInt(local, 14, crc);
        PutInt(local, 18, Elsewhere);
        PutInt(local, 22, Elsewhere);
        PutShort(local, 26, (ushort)name.Length);
        PutShort(local, 28, ExtraBytes);
        name.CopyTo(local[LocalBytes..]);
        var extra = local[(LocalBytes + name.Length)..];
        PutShort(extra, 0, Extra64);
        PutShort(extra, 2, ExtraBytes - 4);
        PutLong(extra, 4, bytes);
        PutLong(extra, 12, bytes);
    }

    private void AddToDirectory(ReadOnlySpan<byte> name, uint crc, long bytes, long header)
    {
        Span<byte> record = stackalloc byte[CentralBytes];
        record.Clear();
        PutInt(record, 0, CentralSignature);
        PutShort(record, 4, Version64);
        PutShort(record, 6, Version64);
        PutShort(record, 8, Utf8Flag);
        PutShort(record, 10, Stored);
        PutInt(record, 12, NoTime);
        PutInt(record, 16, crc);
        PutInt(record, 20, Elsewhere);
        PutInt(record, 24, Elsewhere);
        PutShort(record, 28, (ushort)name.Length);
        PutShort(record, 30, CentralExtraBytes);
        PutInt(record, 42, Elsewhere);
        Span<byte> extra = stackalloc byte[CentralExtraBytes];
        PutShort(extra, 0, Extra64);
        PutShort(extra, 2, CentralExtraBytes - 4);
        PutLong(extra, 4, bytes);
        PutLong(extra, 12, bytes);
        PutLong(extra, 20, header);
        _directory.Write(record);
        _directory.Write(name);
        _directory.Write(extra);
    }

    private static void PutShort(Span<byte> record, int offset, ushort number) =>
        BinaryPrimitives.WriteUInt16LittleEndian(record[offset..], number);

    private static void PutInt(Span<byte> record, int offset, uint number) =>
        BinaryPrimitives.WriteUInt32LittleEndian(record[offset..], number);

    private static void PutLong(Span<byte> record, int offset, long number) =>
        BinaryPrimitives.WriteInt64LittleEndian(record[offset..], number);
}
