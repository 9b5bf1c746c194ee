namespace OmeZarr.Zarr.Libraries;

/// <summary>
/// Lets the runtime's compression streams work on memory that the caller holds, without a copy. Writing past the end is
/// remembered rather than thrown, as it is an ordinary outcome for incompressible data. Not thread-safe.
/// </summary>
internal sealed unsafe class MemorySpanStream : Stream
{
    private byte* _memory;
    private int _length;
    private int _position;
    private bool _attached;
    private bool _overflowed;

    public override bool CanRead => _attached;

    public override bool CanSeek => false;

    public override bool CanWrite => _attached;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>Takes memory that stays valid and in place until <see cref="Detach"/>; an empty range has no address.</summary>
    internal void Attach(byte* memory, int length)
    {
        _memory = memory;
        _length = length;
        _position = 0;
        _attached = true;
        _overflowed = false;
    }

    /// <summary>Releases the memory. Returns the bytes read or written, or null when more were written than fit.</summary>
    internal int? Detach()
    {
        _memory = null;
        _attached = false;
        return _overflowed ? null : _position;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _length - _position);

        // SAFETY: position and count stay inside the attached memory.
        new ReadOnlySpan<byte>(_memory + _position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > _length - _position)
        {
            _overflowed = true;
            return;
        }

        // SAFETY: the room was checked above.
        buffer.CopyTo(new Span<byte>(_memory + _position, _length - _position));
        _position += buffer.Length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
