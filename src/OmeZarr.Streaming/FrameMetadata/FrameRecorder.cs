
using OmeZarr.Concurrency;
using OmeZarr.Streaming.Faults;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>Records what came with the frames that the distributor takes from the ring. One thread at a time.</summary>
internal sealed class FrameRecorder(FrameValuesInFlight notes, FrameTable table, StickyFault fault)
{
    /// <summary>Records a frame's metadata, if it has any, before its slot can be another frame's.</summary>
    public void Record(in FrameRecord record)
    {
        if (!record.HasValues)
            return;
        ref readonly var note = ref notes.Of(record.Slot);
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
