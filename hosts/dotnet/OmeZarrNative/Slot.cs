using System.Buffers;

namespace OmeZarrNative;

/// <summary>
/// A slot of a stream's ring that a camera fills. Given back unused when it is disposed before it was committed. Its memory must
/// not be used after either, nor after the stream's end.
/// </summary>
public sealed unsafe class Slot : MemoryManager<byte>
{
    private readonly FrameWriter _writer;
    private readonly byte* _pixels;
    private readonly int _capacity;
    private bool _isOurs = true;

    internal Slot(FrameWriter writer, int number, byte* pixels, int capacity)
    {
        _writer = writer;
        _pixels = pixels;
        _capacity = capacity;
        Number = number;
    }

    /// <summary>Its place among <see cref="FrameWriter.SlotAddresses"/>.</summary>
    public int Number { get; }

    /// <summary>Where the frame goes: page-aligned.</summary>
    public nint Address => (nint)_pixels;

    /// <inheritdoc/>
    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(!_isOurs, this);
        return new Span<byte>(_pixels, _capacity);
    }

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_capacity);
        return new MemoryHandle(_pixels + elementIndex);
    }

    /// <summary>Nothing to undo: the memory never moves.</summary>
    public override void Unpin()
    {
    }

    /// <summary>
    /// Hands in the packed frame at the slot's start as the next one. When it throws, the slot is still the caller's.
    /// </summary>
    public void Commit()
    {
        OmeZarrException.Check(Native.omz_commit_slot(_writer.Handle, Number, null));
        _isOurs = false;
    }

    /// <summary>Hands in the frame of so many bytes at the slot's start, with what is known of it.</summary>
    public void Commit(ulong bytes, in FrameInfo info)
    {
        fixed (byte* json = FrameWriter.Utf8(info.MetadataJson))
        {
            var frame = info.Raw(_pixels, bytes, json);
            OmeZarrException.Check(Native.omz_commit_slot(_writer.Handle, Number, &frame));
        }

        _isOurs = false;
    }

    /// <summary>Gives the slot back unused, unless it was committed.</summary>
    public void Cancel() => ((IDisposable)this).Dispose();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_isOurs)
            return;
        _isOurs = false;
        // The stream may have ended, which reports the slot as lost.
        if (!_writer.Handle.IsClosed)
            _ = Native.omz_cancel_slot(_writer.Handle, Number);
    }
}
