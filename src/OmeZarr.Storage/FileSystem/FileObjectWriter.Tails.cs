using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage;

// The way of the tails. Where each goes is in docs/shard-files.md.
internal sealed partial class FileObjectWriter
{
    private TailSlots _slots;
    private TailSchedule _schedule;
    private int _slot = NoSlot; // Of the published tail.
    private int _reservedSlot = NoSlot; // Has disk that a tail can always be written to; below the published one.
    private bool _movesTails;
    private bool _cannotPublish;
    private volatile bool _isFull; // What was kept for a full disk has been used, and there is no more: what comes now could not be named.

    private const int NoSlot = -1;
    private const int LastResort = 0;

    // What is published is inside the file, or at the end of a hidden one, while the final tail is written behind the data: no
    // reader sees that before the cut.
    private void WriteFinal(ReadOnlySpan<byte> tail, bool durable)
    {
        long end = _cursor.Position + tail.Length;
        if (_slot == LastResort && end > _slots.Offset(LastResort))
        {
            // The published one lies where the final one would. Nothing has been appended since.
            if (!IsPublished(tail))
                throw IoFailure.Full();
            return;
        }

        if (end > store.FileSizeLimit)
            throw IoFailure.TooLarge();
        try
        {
            Write(tail, _cursor.Position, durable);
        }
        catch (IOException e) when (IoFailure.KindOf(e) == StoreErrorKind.NoSpace)
        {
            using (Opened open = Open())
                Free(open.Handle, _cursor.Position, tail.Length);
            if (TryWriteReserved(tail, durable) || IsPublished(tail))
                return;
            throw;
        }

        // Also where nothing was published: what is reserved behind goes.
        Cut(end, durable);
    }

    private bool TryPublishFirst(ReadOnlySpan<byte> tail, bool durable)
    {
        // Only a kill is survived by moving a tail, not a power cut.
        _movesTails = !durable && store.MovesTails;
        _slots = new TailSlots(maxDataBytes, tail.Length, _movesTails, store.FileSizeLimit);
        if (_slots.Last < TailSlots.First)
        {
            _cannotPublish = true;
            return false;
        }

        try
        {
            Write(tail, _slots.Offset(_slots.Last), durable);
            _slot = _slots.Last;
        }
        catch (IOException e) when (IoFailure.IsTooLarge(e))
        {
            // The file system's own limit leaves no room behind the data. The object appears when it is complete.
            _cannotPublish = true;
            return false;
        }
        catch (IOException e) when (IoFailure.KindOf(e) == StoreErrorKind.NoSpace)
        {
            if (!TryWriteReserved(tail, durable))
                throw;
        }

        Published(tail.Length, durable);
        return true;
    }

    private bool TryPublishNext(ReadOnlySpan<byte> tail, bool durable)
    {
        if (_isFull)
            return IsPublished(tail);
        MoveUp(tail.Length, durable);
        if (!_movesTails && !_schedule.IsDue(_slot - TailSlots.First, _slots.Last - TailSlots.First, store.Clock))
            return false;
        if (_slot <= TailSlots.First)
            return false;
        file.CheckPlace();
        try
        {
            // Below the published tail and invisible until the file is cut there: one change of its size, whole or not at all.
            Write(tail, _slots.Offset(_slot - 1), durable);
            Cut(_slots.Offset(_slot - 1) + tail.Length, durable);
            _slot--;
        }
        catch (IOException e) when (IoFailure.KindOf(e) == StoreErrorKind.NoSpace)
        {
            if (!TryWriteReserved(tail, durable))
                throw;
        }

        Published(tail.Length, durable);
        return true;
    }

    private void Published(int tailBytes, bool durable)
    {
        _schedule.Published(store.Clock);
        Show(durable);
        bool wasUsed = _slot < TailSlots.First;
        ReserveForTail(tailBytes);
        _isFull = wasUsed && _reservedSlot == NoSlot;
    }

    // All slots are free again once the published tail lies in the last one.
    private void MoveUp(int tailBytes, bool durable)
    {
        if (!_movesTails || _slot > TailSlots.First || !OperatingSystem.IsLinux())
            return;
        if (durable || _slot == LastResort)
        {
            _movesTails = false;
            return;
        }

        using Opened open = Open();
        long offset = _slots.Offset(_slot);
        long shift = _slots.Offset(_slots.Last) - offset;
        if (UnixCalls.TryInsertHole(open.Handle, offset, shift) == 0)
        {
            _slot = _slots.Last;
            return;
        }

        _movesTails = false;
        if (RandomAccess.GetLength(open.Handle) != offset + tailBytes)
            Repair(open.Handle, offset, shift, tailBytes);
    }

    // The system failed half-way: it had made the file longer, and may have moved a part. The tail is put together again.
    private void Repair(SafeFileHandle handle, long offset, long shift, int tailBytes)
    {
        byte[] tail = new byte[tailBytes];
        byte[] moved = new byte[tailBytes];
        _ = RandomAccess.Read(handle, tail, offset);
        _ = RandomAccess.Read(handle, moved, offset + shift);
        // A page is where it was, or where it should be; the other place has a hole.
        for (int page = 0; page < tailBytes; page += TailSlots.PageBytes)
        {
            Range range = page..Math.Min(tailBytes, page + TailSlots.PageBytes);
            if (!tail.AsSpan(range).ContainsAnyExcept((byte)0))
                moved.AsSpan(range).CopyTo(tail.AsSpan(range));
        }

        RandomAccess.Write(handle, tail, offset);
        store.SetLength(handle, offset + tailBytes);
    }

    // On a full disk: into the slot that was kept for that.
    private bool TryWriteReserved(ReadOnlySpan<byte> tail, bool durable)
    {
        if (_reservedSlot == NoSlot)
            return false;
        int slot = _reservedSlot;
        _reservedSlot = NoSlot;
        Write(tail, _slots.Offset(slot), durable);
        Cut(_slots.Offset(slot) + tail.Length, durable);
        _slot = slot;
        return true;
    }

    // Disk for one tail more, so that the last one can be written whatever else fills the disk. Below the published one.
    private void ReserveForTail(int tailBytes)
    {
        if (_reservedSlot != NoSlot || !store.HasHolesInFiles || !OperatingSystem.IsLinux())
            return;
        if (_slots == default)
            _slots = new TailSlots(maxDataBytes, tailBytes, isMovable: false, store.FileSizeLimit);
        int slot = _slot is TailSlots.Reserve ? LastResort : TailSlots.Reserve;
        if (_slots.Last < TailSlots.Reserve || (_slot == LastResort && _shown))
            return;
        using Opened open = Open();
        // Inside the file: what lies behind its end goes when a write there fails.
        if (!_shown && RandomAccess.GetLength(open.Handle) < _slots.Offset(slot) + tailBytes)
            store.SetLength(open.Handle, _slots.Offset(slot) + tailBytes);
        int error = UnixCalls.TryReserve(open.Handle, _slots.Offset(slot), tailBytes);
        if (error == 0)
            _reservedSlot = slot;
        else if (!_shown && error == UnixCalls.Enospc)
            throw UnixCalls.Failure(error, path);
    }

    private bool IsPublished(ReadOnlySpan<byte> tail)
    {
        if (!_shown)
            return false;
        using Opened open = Open();
        byte[] published = new byte[tail.Length];
        return RandomAccess.Read(open.Handle, published, _slots.Offset(_slot)) == tail.Length && tail.SequenceEqual(published);
    }

    private void MovePublishedTailToData()
    {
        byte[] tail = new byte[_tailBytes!.Value];
        using (Opened open = Open())
        {
            if (RandomAccess.Read(open.Handle, tail, _slots.Offset(_slot)) != tail.Length)
                return; // Someone else has cut the file.
        }

        try
        {
            Write(tail, _cursor.Position, durable: false);
        }
        catch (IOException)
        {
            using Opened open = Open();
            Free(open.Handle, _cursor.Position, tail.Length);
            throw;
        }

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
}
