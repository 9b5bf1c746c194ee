using OmeZarr.Concurrency;
using OmeZarr.Memory;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>
/// Memory for the texts of frames in flight: native memory of a fixed size in small linked blocks; a text takes as many as it
/// needs. Any thread; no lock, and no allocation after construction.
/// </summary>
internal sealed unsafe class TextPool : IDisposable
{
    /// <summary>Instead of a text: none.</summary>
    public const int None = -1;

    /// <summary>All of its memory, in bytes; blocks that were never used are never touched.</summary>
    public const long TotalBytes = Blocks * (BlockBytes + BookkeepingBytes);

    private const int BookkeepingBytes = 2 * sizeof(int);
    private const int BlockBytes = 256;
    private const int Blocks = 8192;

    private readonly NativeBuffer _memory = new((long)Blocks * BlockBytes);
    private readonly SlotStack _free = new(Blocks);
    private readonly FixedTable<int> _next = new(Blocks);

    /// <summary>Notified each time a text has been freed.</summary>
    public EventCount Freed { get; } = new();

    /// <summary>Stores a text; false when there is no room for it now.</summary>
    /// <param name="text">At least one byte, and smaller than the pool.</param>
    /// <param name="first">Its handle: owned by the caller until it is published with a frame or freed.</param>
    public bool TryKeep(ReadOnlySpan<byte> text, out int first)
    {
        first = None;
        // From the end, so that each block can link to the next one.
        for (var start = (text.Length - 1) / BlockBytes * BlockBytes; start >= 0; start -= BlockBytes)
        {
            if (!_free.TryPop(out var block))
            {
                Free(first);
                first = None;
                return false;
            }

            text[start..Math.Min(text.Length, start + BlockBytes)].CopyTo(Block(block));
            _next[block] = first;
            first = block;
        }

        return true;
    }

    /// <summary>Copies a text out, or a part of it.</summary>
    /// <param name="first">Its handle.</param>
    /// <param name="start">The first byte wanted.</param>
    /// <param name="text">Receives as many bytes as it has room for.</param>
    public void CopyTo(int first, int start, Span<byte> text)
    {
        for (var block = first; !text.IsEmpty; block = _next[block])
        {
            if (start >= BlockBytes)
            {
                start -= BlockBytes;
                continue;
            }

            var bytes = Math.Min(BlockBytes - start, text.Length);
            Block(block).Slice(start, bytes).CopyTo(text);
            text = text[bytes..];
            start = 0;
        }
    }

    /// <summary>Frees a text; <see cref="None"/> is ignored.</summary>
    public void Free(int first)
    {
        if (first == None)
            return;
        while (first != None)
        {
            // Read before another text can use the block.
            var next = _next[first];
            _free.Push(first);
            first = next;
        }

        Freed.Notify();
    }

    public void Dispose()
    {
        _memory.Dispose();
        _free.Dispose();
        _next.Dispose();
    }

    // SAFETY: blocks are numbered 0 to Blocks - 1, and the memory has room for each.
    private Span<byte> Block(int block) => new(_memory.Pointer + (long)block * BlockBytes, BlockBytes);
}
