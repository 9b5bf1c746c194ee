using OmeZarr.Memory;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>Records what came with the frames that the distributor takes from the ring. One thread at a time.</summary>
internal sealed class FrameRecorder(FrameNotes notes, FrameTable table, StickyFault fault)
{
    /// <summary>Records a frame's metadata, if it has any, before its place can be another frame's.</summary>
    public void Record(in FrameRecord record)
    {
        if (!record.HasNote)
            return;
        ref readonly var note = ref notes.Of(record.Place);
        try
        {
            if (!fault.IsDiscarding)
                table.Record(record.Index, note);
        }
        catch (Exception exception)
        {
            fault.Set(StreamFault.From(exception));
        }
        finally
        {
            notes.Texts.Free(note.Text);
        }
    }
}
