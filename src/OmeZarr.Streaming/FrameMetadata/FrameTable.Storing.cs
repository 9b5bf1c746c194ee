using OmeZarr.Acquisition.Settings;
using OmeZarr.Documents;
using OmeZarr.Storage;

namespace OmeZarr.Streaming.FrameMetadata;

// What is stored, and in which order. docs/frame-metadata.md says what readers may rely on.
internal sealed partial class FrameTable
{
    /// <summary>Stores what has been recorded so far.</summary>
    public void Publish(bool durable)
    {
        if (Records == 0)
            return;
        lock (_storing)
            StoreCut(durable, FramesSoFar, BytesSoFar);
    }

    /// <summary>
    /// Stores everything, with exact shapes; after the last record. The caller syncs afterwards, which suffices unless flushes
    /// must be durable: then the power may fail before the sync, and every row must be left whole.
    /// </summary>
    /// <param name="frames">Frames of the dataset as it ended.</param>
    public void Complete(long frames)
    {
        lock (_storing)
        {
            lock (_content)
                _isEnded = true;
            if (Records > 0)
                StoreCut(IsDurable, _ => frames, bytes => bytes);
        }
    }

    private bool IsDurable => _dataset.Durability.Fsync == Fsync.Flush;

    // Rounded up to chunks: the documents need not be rewritten for every frame, and rows that do not exist yet read as unknown.
    private long FramesSoFar(long rows) => _plan.Router.TotalFrames ?? RoundUp(rows, _framesPerChunk);

    private static long BytesSoFar(long bytes) => RoundUp(bytes, FrameTableLayout.JsonBytesPerChunk);

    private static long RoundUp(long length, int chunk) => checked(length + chunk - 1) / chunk * chunk;

    // Stores all arrays as of one moment, whatever is recorded meanwhile; under storing. What a reader looks at first is written
    // last: the texts, then the values of frames and the offsets of their texts, then the lengths of the texts, then which rows
    // exist. A kill between any two puts, or a put that fails, leaves every existing row with all of its values.
    private void StoreCut(bool durable, Func<long, long> framesOf, Func<long, long> bytesOf)
    {
        var cut = BeginCut();
        try
        {
            var (frames, bytes) = (framesOf(cut.Rows), bytesOf(cut.Bytes));
            var columns = cut.Columns.ToLookup(column => StepOf(column.Key), column => column.Value);
            // Never more rows, or text lengths, than the other arrays have, also where all become shorter.
            foreach (var first in columns[Step.Rows].Concat(columns[Step.TextLengths])
                .Where(first => frames < first.Array.Length))
                first.Array.PutLength(frames, durable);
            if (cut.Texts is { } texts)
            {
                texts.Store(_content, durable);
                texts.Array.PutLength(bytes, durable);
            }

            foreach (var step in (ReadOnlySpan<Step>)[Step.Values, Step.TextLengths, Step.Rows])
            {
                foreach (var column in columns[step])
                    column.Store(_bands!, _content, durable);
                foreach (var column in columns[step])
                    column.Array.PutLength(frames, durable);
            }

            PutGroups(durable);
        }
        finally
        {
            EndCut();
        }
    }

    private Cut BeginCut()
    {
        lock (_content)
        {
            _isCutting = true;
            _texts?.BeginCut();
            foreach (var column in _columns.Values)
                column.BeginCut();
            for (var band = 0; band < FrameBands.Count; band++)
                _highestStored = Math.Max(_highestStored, _bands!.ChunkOf(band));
            return new Cut([.. _columns], _texts, _rows, _texts?.Length ?? 0);
        }
    }

    // What a failure left unstored is part of the next cut. The stream has failed by then; its end tries once more.
    private void EndCut()
    {
        lock (_content)
        {
            _isCutting = false;
            _texts?.EndCut();
            foreach (var column in _columns.Values)
                column.EndCut();
            _bands!.ClearLate();
        }
    }

    // Last: a reader that finds the group finds its arrays.
    private void PutGroups(bool durable)
    {
        if (_hasGroups)
            return;
        foreach (var document in FrameTableLayout.Groups(_dataset, _plan))
            _store.Put(document.Key, document.Utf8.Span, durable);
        _hasGroups = true;
    }

    private static Step StepOf(string name) => name switch
    {
        FrameTableLayout.Image => Step.Rows,
        FrameTableLayout.JsonLength => Step.TextLengths,
        _ => Step.Values,
    };

    private enum Step
    {
        Values,
        TextLengths,
        Rows,
    }

    private sealed record Cut(KeyValuePair<string, FrameColumn>[] Columns, TextColumn? Texts, long Rows, long Bytes);
}
