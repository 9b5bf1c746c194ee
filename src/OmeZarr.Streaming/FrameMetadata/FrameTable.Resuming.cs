using System.Buffers.Binary;
using OmeZarr.Documents;
using OmeZarr.Storage;

namespace OmeZarr.Streaming.FrameMetadata;

// Goes on with a table that is there. Until a frame is recorded, no chunk of it is in memory, but for the end of the texts.
internal sealed partial class FrameTable
{
    /// <summary>Finds what is stored of the frames below a number; before any frame is recorded. Changes nothing.</summary>
    public void Resume(long next)
    {
        lock (_storing)
        {
            lock (_content)
            {
                _bands = new FrameBands(_framesPerChunk);
                foreach (var name in ColumnNames())
                {
                    if (NewArray(name) is var array && array.TryResume())
                        _columns.Add(name, new FrameColumn(array));
                }

                if (_columns.Count == 0)
                    return;
                _highestStored = _columns.Values.Max(column => (column.Array.Length - 1) / _framesPerChunk);
                Count(next);
            }
        }
    }

    /// <summary>Takes what is stored of frames from a number on back: they come again.</summary>
    public void ClearFrom(long next, bool durable)
    {
        lock (_storing)
        {
            // First the rows, then what they consist of.
            foreach (var (_, column) in _columns.OrderByDescending(column => StepOf(column.Key)))
                column.ClearStored(next, durable);
            foreach (var column in _columns.Values)
                Forget(column);
        }
    }

    private void Count(long next)
    {
        if (!_columns.TryGetValue(FrameTableLayout.Image, out var image))
            return;
        long texts = 0;
        for (long frame = 0; frame < Math.Min(next, image.Array.Length); frame++)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(image.Look(frame)) < 0)
                continue;
            _records++;
            _rows = frame + 1;
            texts = Math.Max(texts, EndOfText(frame));
        }

        if (texts > 0 && NewArray(FrameTableLayout.Json) is var array && array.TryResume())
        {
            _texts = new TextColumn(array);
            _texts.Resume(texts);
        }

        _hasGroups = _records > 0
            && FrameTableLayout.Groups(_dataset, _plan).All(group => _store.SizeOf(group.Key) is not null);
        foreach (var column in _columns.Values)
            Forget(column);
    }

    private long EndOfText(long frame)
    {
        if (!_columns.TryGetValue(FrameTableLayout.JsonLength, out var lengths) || frame >= lengths.Array.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(lengths.Look(frame)) is not (> 0 and var length))
            return 0;
        return checked((long)BinaryPrimitives.ReadUInt64LittleEndian(_columns[FrameTableLayout.JsonOffset].Look(frame)) + length);
    }

    private static void Forget(FrameColumn column)
    {
        for (var band = 0; band < FrameBands.Count; band++)
            column.Clear(band, -1);
    }
}
