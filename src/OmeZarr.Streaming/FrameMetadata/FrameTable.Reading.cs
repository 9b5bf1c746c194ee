using System.Buffers.Binary;
using OmeZarr.Documents;

namespace OmeZarr.Streaming.FrameMetadata;

// Reads back what was recorded, after Complete: nothing changes any more.
internal sealed partial class FrameTable
{
    /// <summary>Whether any frame has a property.</summary>
    public bool Has(string name)
    {
        lock (_content)
            return _columns.ContainsKey(name);
    }

    /// <summary>
    /// The known metadata of every frame that has any, in order of frame number. All in memory at once: only for a table that
    /// documents have room for, see <see cref="FrameEntry.MostListed"/>.
    /// </summary>
    /// <param name="frames">Frames from this number on are left out.</param>
    public IReadOnlyList<FrameEntry> Entries(long frames)
    {
        lock (_storing)
        {
            lock (_content)
                return _records == 0 ? [] : Listed(Math.Min(frames, _rows));
        }
    }

    /// <summary>A named number of a frame, or null where there is none; for the timestamp, its nanoseconds.</summary>
    public double? NumberOf(string name, long frame)
    {
        lock (_storing)
        {
            lock (_content)
                return IsBeyond(name, frame) || BinaryPrimitives.ReadDoubleLittleEndian(_columns[name].Look(frame)) is var number
                    && double.IsNaN(number) ? null : number;
        }
    }

    /// <summary>A frame's timestamp in nanoseconds, or null where there is none.</summary>
    public long? TimestampOf(long frame)
    {
        const string name = FramePropertyNames.Timestamp;
        lock (_storing)
        {
            lock (_content)
                return IsBeyond(name, frame) || BinaryPrimitives.ReadInt64LittleEndian(_columns[name].Look(frame)) is var ns
                    && ns == long.MinValue ? null : ns;
        }
    }

    private bool IsBeyond(string name, long frame) => !_columns.ContainsKey(name) || frame >= _rows;

    private List<FrameEntry> Listed(long frames)
    {
        var entries = new List<FrameEntry>();
        var image = _columns[FrameTableLayout.Image];
        for (long frame = 0; frame < frames && entries.Count < _records; frame++)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(image.Look(frame)) >= 0)
                entries.Add(Entry(frame));
        }

        return entries;
    }

    private FrameEntry Entry(long frame)
    {
        var properties = default(FrameProperties);
        foreach (var (property, name) in FramePropertyNames.Numbers)
        {
            if (NumberOf(name, frame) is { } number)
                properties.Set(property, number);
        }

        if (TimestampOf(frame) is { } timestamp)
        {
            properties.TimestampNs = timestamp;
            properties.Has |= FrameProperty.Timestamp;
        }

        return new FrameEntry(frame, properties, TextOf(frame));
    }

    private byte[] TextOf(long frame)
    {
        if (IsBeyond(FrameTableLayout.JsonLength, frame))
            return [];
        var length = BinaryPrimitives.ReadUInt32LittleEndian(_columns[FrameTableLayout.JsonLength].Look(frame));
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(_columns[FrameTableLayout.JsonOffset].Look(frame));
        var text = new byte[length];
        for (var done = 0; done < text.Length;)
        {
            var piece = _texts!.Look(checked((long)offset + done));
            piece = piece[..Math.Min(piece.Length, text.Length - done)];
            piece.CopyTo(text.AsSpan(done));
            done += piece.Length;
        }

        return text;
    }
}
