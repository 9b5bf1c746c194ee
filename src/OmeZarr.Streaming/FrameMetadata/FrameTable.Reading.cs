using System.Buffers.Binary;
using OmeZarr.Acquisition;

namespace OmeZarr.Streaming.FrameMetadata;

// Reading back what was recorded, at the end.
internal sealed partial class FrameTable
{
    /// <summary>Whether a property was given with any frame.</summary>
    public bool Has(string name)
    {
        lock (_content)
            return _arrays.ContainsKey(name);
    }

    /// <summary>
    /// What is known of every frame that has metadata, in the order of their numbers. All at once: for a table that documents
    /// have room for, see <see cref="FrameEntry.MostListed"/>.
    /// </summary>
    /// <param name="frames">Frames from this number on are left out.</param>
    public IReadOnlyList<FrameEntry> Entries(long frames)
    {
        lock (_storing)
        {
            lock (_content)
                return _records == 0 ? [] : Listed(Math.Min(frames, _arrays[FrameTableLayout.Image].Rows));
        }
    }

    /// <summary>A frame's number under a name, or null where there is none; of the timestamp, its nanoseconds.</summary>
    public double? NumberOf(string name, long frame)
    {
        lock (_storing)
        {
            lock (_content)
                return IsBeyond(name, frame) || BinaryPrimitives.ReadDoubleLittleEndian(_arrays[name].Look(frame)) is var number && double.IsNaN(number) ? null : number;
        }
    }

    /// <summary>A frame's timestamp in nanoseconds, or null where there is none.</summary>
    public long? TimestampOf(long frame)
    {
        const string name = FramePropertyNames.Timestamp;
        lock (_storing)
        {
            lock (_content)
                return IsBeyond(name, frame) || BinaryPrimitives.ReadInt64LittleEndian(_arrays[name].Look(frame)) is var ns && ns == long.MinValue ? null : ns;
        }
    }

    private bool IsBeyond(string name, long frame) => !_arrays.TryGetValue(name, out var array) || frame >= array.Rows;

    private List<FrameEntry> Listed(long frames)
    {
        var entries = new List<FrameEntry>();
        var image = _arrays[FrameTableLayout.Image];
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
        var length = BinaryPrimitives.ReadUInt32LittleEndian(_arrays[FrameTableLayout.JsonLength].Look(frame));
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(_arrays[FrameTableLayout.JsonOffset].Look(frame));
        var text = new byte[length];
        for (var done = 0; done < text.Length;)
        {
            var piece = _arrays[FrameTableLayout.Json].Look(checked((long)offset + done));
            piece = piece[..Math.Min(piece.Length, text.Length - done)];
            piece.CopyTo(text.AsSpan(done));
            done += piece.Length;
        }

        return text;
    }
}
