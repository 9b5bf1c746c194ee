namespace OmeZarr.Storage;

/// <summary>
/// A shard file under construction. At every instant, also after a kill, the file is either hidden or ends in a whole
/// tail. The protocol is in docs/shard-files.md.
/// </summary>
/// <remarks>
/// <see cref="Append(ReadOnlySpan{MemoryRange})"/> runs on any number of threads without a lock or an allocation: an atomic cursor gives each its own
/// range, and <c>pwrite</c> writes there. The other members are for one thread at a time.
/// </remarks>
internal sealed partial class FileObjectWriter(FileSystemStore store, PooledFile file, string path, long maxDataBytes) : IObjectWriter
{
    private readonly AppendCursor _cursor = new(path, maxDataBytes);
    private TailSlots _slots;
    private int? _tailBytes;
    private int _slot; // Of the published tail; 0 before the first one.
    private bool _shown; // Whether the file has its own name.
    private bool _nameIsDurable;
    private bool _cannotPublish;
    private bool _ended;

    public bool PublishTail(ReadOnlySpan<byte> tail, bool durable)
    {
        _cursor.ThrowIfClosed();
        CheckLength(tail);
        if (_cannotPublish || !store.HasHolesInFiles)
            return false;
        try
        {
            if (_slot == 0)
                return TryPublishFirst(tail, durable);
            PublishNext(tail, durable);
            return true;
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(path, $"publishing an index of {tail.Length} bytes", e);
        }
    }

    public void Complete(ReadOnlySpan<byte> tail, bool durable)
    {
        CheckLength(tail);
        _cursor.Close();
        try
        {
            // Inside the file, or at the end of a hidden one: in both cases no reader sees it yet.
            Write(tail, _cursor.Position, durable);
            if (_slot != 0 || file.IsDirect)
                Cut(_cursor.Position + tail.Length, durable);
            Show(durable);
            store.Completed(file, path, durable);
            _ended = true;
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(path, $"completing it with an index of {tail.Length} bytes", e);
        }
    }

    public void Abort()
    {
        _cursor.TryClose();
        if (_ended)
            return;
        _ended = true;
        try
        {
            if (_slot != 0)
                MovePublishedTailToData();
        }
        catch (Exception e) when (IoFailure.IsIo(e) || e is ObjectDisposedException)
        {
            // On a full disk, or after the store's end, the tail cannot be moved. It is as readable where it is; only the
            // file looks larger.
        }

        store.Abandoned(file, isHidden: !_shown);
    }

    public void Dispose() => Abort();

    private bool TryPublishFirst(ReadOnlySpan<byte> tail, bool durable)
    {
        _slots = new TailSlots(maxDataBytes, tail.Length);
        try
        {
            Write(tail, _slots.Offset(_slots.Last), durable);
        }
        catch (IOException e) when (IoFailure.IsTooLarge(e))
        {
            // A limit on file sizes leaves no room behind the data. The object appears when it is complete.
            _cannotPublish = true;
            return false;
        }

        _slot = _slots.Last;
        Show(durable);
        return true;
    }

    // Below the published tail and invisible until the file is cut there: one change of its size, whole or not at all.
    private void PublishNext(ReadOnlySpan<byte> tail, bool durable)
    {
        int next = Math.Max(1, _slot - 1);
        Write(tail, _slots.Offset(next), durable);
        // When no slot is left, the last one has been overwritten. docs/shard-files.md says what that means.
        if (next != _slot)
            Cut(_slots.Offset(next) + tail.Length, durable);
        _slot = next;
        Show(durable);
    }

    private void MovePublishedTailToData()
    {
        byte[] tail = new byte[_tailBytes!.Value];
        using (Opened open = Open())
        {
            if (RandomAccess.Read(open.Handle, tail, _slots.Offset(_slot)) != tail.Length)
                return; // Someone else has cut the file.
        }

        Write(tail, _cursor.Position, durable: false);
        Cut(_cursor.Position + tail.Length, durable: false);
    }

    private void Write(ReadOnlySpan<byte> tail, long offset, bool durable)
    {
        using Opened open = Open();
        RandomAccess.Write(open.Handle, tail, offset);
        // Together with all data written before: an index must not reach the disk before what it names.
        if (durable)
            RandomAccess.FlushToDisk(open.Handle);
    }

    private void Cut(long length, bool durable)
    {
        using PooledFile.Lease lease = file.Use();
        store.SetLength(lease.Handle, length);
        if (durable)
            RandomAccess.FlushToDisk(lease.Handle);
    }

    // Under its own name from the first tail on.
    private void Show(bool durable)
    {
        if (!_shown)
        {
            store.Rename(file, path);
            _shown = true;
        }

        if (durable && !_nameIsDurable)
        {
            store.MakeNameDurable(path);
            _nameIsDurable = true;
        }
    }

    private void CheckLength(ReadOnlySpan<byte> tail)
    {
        _tailBytes ??= tail.Length;
        if (_tailBytes != tail.Length)
            throw new ArgumentException($"{path}: the tail has {tail.Length} bytes, the one before had {_tailBytes}.", nameof(tail));
    }
}
