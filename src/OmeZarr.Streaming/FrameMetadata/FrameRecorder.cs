using OmeZarr.Concurrency;
using OmeZarr.Streaming.Faults;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>Records the metadata of the frames that the distributor takes from the ring. One thread at a time.</summary>
internal sealed class FrameRecorder(FrameValuesInFlight inFlight, FrameTable table, StickyFault fault)
{
    /// <summary>Records a frame's metadata, if it has any, before its slot can be reused.</summary>
    public void Record(in FrameRecord record)
    {
        if (!record.HasValues)
            return;
        ref readonly var values = ref inFlight.Of(record.Slot);
        try
        {
            if (!fault.IsDiscarding)
                table.Record(record.Index, values);
        }
        catch (Exception exception)
        {
            fault.Set(StreamFault.From(exception));
        }
        finally
        {
            inFlight.Texts.Free(values.Text);
        }
    }
}
