using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

// The way of the footers. Where each goes is in docs/shard-files.md.
internal sealed partial class FileObjectWriter
{
    private FooterSlots _slots;
    private FooterSchedule _schedule;
    private int _slot = NoSlot; // Of the published footer.
    private int _reservedSlot = NoSlot; // Has disk that a footer can always be written to; below the published one.
    private bool _movesFooters;
    private bool _overwrites;
    private bool _cannotPublish;
    // What was kept for a full disk has been used, and there is no more: what comes now could not be named.
    private volatile bool _isFull;

    private const int NoSlot = -1;
    private const int LastResort = 0;

    // What is published is inside the file, or at the end of a hidden one, while the final footer is written behind the data: no
    // reader sees that before the cut.
    private void WriteFinal(ReadOnlySpan<byte> footer, bool durable)
    {
        var at = EndOfData;
        var end = at + footer.Length;
        if (_slot == LastResort && end > _slots.Offset(LastResort))
        {
            // The published one lies where the final one would. Nothing has been appended since.
            if (!IsPublished(footer))
                throw IoFailure.Full();
            return;
        }

        if (end > _store.FileSizeLimit)
            throw IoFailure.TooLarge();
        try
        {
            Write(footer, at, durable);
        }
        catch (IOException e) when (IoFailure.KindOf(e) == StoreErrorKind.NoSpace)
        {
            using (var open = Open())
                Free(open.Handle, at, footer.Length);
            if (TryWriteReserved(footer, durable) || IsPublished(footer))
                return;
            throw;
        }

        // Also where nothing was published: what is reserved behind goes.
        Cut(end, durable);
    }

    // What was refused for want of room lies beyond it, and has not been written.
    private long EndOfData => Math.Min(_cursor.Position, _roomForData);

    private bool TryPublishFirst(ReadOnlySpan<byte> footer, bool durable)
    {
        // Only a kill is survived by moving a footer or writing it over, not a power cut.
        _overwrites = !durable && footer.Length <= FooterSlots.PageBytes && _store.OverwritesPages;
        _movesFooters = !durable && !_overwrites && _store.MovesFooters;
        _slots = new FooterSlots(_roomForData, footer.Length, _overwrites || _movesFooters, _store.FileSizeLimit);
        if (_slots.Last < FooterSlots.First)
        {
            _cannotPublish = true;
            return false;
        }

        try
        {
            Write(footer, _slots.Offset(_slots.Last), durable);
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
            if (!TryWriteReserved(footer, durable))
                throw;
        }

        Published(footer.Length, durable);
        return true;
    }

    private bool TryPublishNext(ReadOnlySpan<byte> footer, bool durable)
    {
        if (_isFull)
            return IsPublished(footer);
        _overwrites &= !durable;
        if (_overwrites)
            return TryOverwrite(footer);
        MoveUp(footer.Length, durable);
        if (!_movesFooters && !_schedule.IsDue(_slot - FooterSlots.First, _slots.Last - FooterSlots.First, _store.Clock))
            return false;
        if (_slot <= FooterSlots.First)
            return false;
        _file.CheckPlace();
        try
        {
            // Below the published footer and invisible until the file is cut there: one change of its size, whole or not at all.
            Write(footer, _slots.Offset(_slot - 1), durable);
            Cut(_slots.Offset(_slot - 1) + footer.Length, durable);
            _slot--;
        }
        catch (IOException e) when (IoFailure.KindOf(e) == StoreErrorKind.NoSpace)
        {
            if (!TryWriteReserved(footer, durable))
                throw;
        }

        Published(footer.Length, durable);
        return true;
    }

    // The file stays as long as it is: whoever takes its length and then reads its end finds the old footer or the new one.
    private bool TryOverwrite(ReadOnlySpan<byte> footer)
    {
        _file.CheckPlace();
        try
        {
            WritePage(footer, _slots.Offset(_slot));
        }
        catch (IOException e) when (IoFailure.KindOf(e) == StoreErrorKind.NoSpace)
        {
            // Where pages that are written over go to a new place of the disk.
            if (!TryWriteReserved(footer, durable: false))
                throw;
        }

        Published(footer.Length, durable: false);
        return true;
    }

    private void Published(int footerBytes, bool durable)
    {
        _schedule.Published(_store.Clock);
        Show(durable);
        var wasUsed = _slot < FooterSlots.First;
        ReserveForFooter(footerBytes);
        _isFull = wasUsed && _reservedSlot == NoSlot;
    }

    // All slots are free again once the published footer lies in the last one.
    private void MoveUp(int footerBytes, bool durable)
    {
        if (!_movesFooters || _slot > FooterSlots.First || !OperatingSystem.IsLinux())
            return;
        if (durable || _slot == LastResort)
        {
            _movesFooters = false;
            return;
        }

        using var open = Open();
        var offset = _slots.Offset(_slot);
        var shift = _slots.Offset(_slots.Last) - offset;
        if (UnixCalls.TryInsertHole(open.Handle, offset, shift) == 0)
        {
            _slot = _slots.Last;
            return;
        }

        _movesFooters = false;
        if (RandomAccess.GetLength(open.Handle) != offset + footerBytes)
            Repair(open.Handle, offset, shift, footerBytes);
    }

    // The system failed half-way: it had made the file longer, and may have moved a part. The footer is put together again.
    private void Repair(SafeFileHandle handle, long offset, long shift, int footerBytes)
    {
        var footer = new byte[footerBytes];
        var moved = new byte[footerBytes];
        _ = RandomAccess.Read(handle, footer, offset);
        _ = RandomAccess.Read(handle, moved, offset + shift);
        // A page is where it was, or where it should be; the other place has a hole.
        for (var page = 0; page < footerBytes; page += FooterSlots.PageBytes)
        {
            var range = page..Math.Min(footerBytes, page + FooterSlots.PageBytes);
            if (!footer.AsSpan(range).ContainsAnyExcept((byte)0))
                moved.AsSpan(range).CopyTo(footer.AsSpan(range));
        }

        RandomAccess.Write(handle, footer, offset);
        _store.SetLength(handle, offset + footerBytes);
    }

    // On a full disk: into the slot that was kept for that.
    private bool TryWriteReserved(ReadOnlySpan<byte> footer, bool durable)
    {
        if (_reservedSlot == NoSlot)
            return false;
        var slot = _reservedSlot;
        _reservedSlot = NoSlot;
        Write(footer, _slots.Offset(slot), durable);
        Cut(_slots.Offset(slot) + footer.Length, durable);
        _slot = slot;
        return true;
    }

    // Disk for one footer more, so that the last one can be written whatever else fills the disk. Below the published one.
    private void ReserveForFooter(int footerBytes)
    {
        if (_reservedSlot != NoSlot || !_store.HasHolesInFiles || !OperatingSystem.IsLinux())
            return;
        if (_slots == default)
            _slots = new FooterSlots(_roomForData, footerBytes, isMovable: false, _store.FileSizeLimit);
        var slot = _slot is FooterSlots.Reserve ? LastResort : FooterSlots.Reserve;
        if (_slots.Last < FooterSlots.Reserve || (_slot == LastResort && _shown))
            return;
        using var open = Open();
        // Inside the file: what lies behind its end goes when a write there fails.
        if (!_shown && RandomAccess.GetLength(open.Handle) < _slots.Offset(slot) + footerBytes)
            _store.SetLength(open.Handle, _slots.Offset(slot) + footerBytes);
        var error = UnixCalls.TryReserve(open.Handle, _slots.Offset(slot), footerBytes);
        if (error == 0)
            _reservedSlot = slot;
        else if (!_shown && error == UnixCalls.Enospc)
            throw UnixCalls.Failure(error, _path);
    }

    private bool IsPublished(ReadOnlySpan<byte> footer)
    {
        if (!_shown)
            return false;
        using var open = Open();
        var published = new byte[footer.Length];
        return RandomAccess.Read(open.Handle, published, _slots.Offset(_slot)) == footer.Length
            && footer.SequenceEqual(published);
    }

    // Durable where the published one is: a power cut could keep the cut, and not the footer before it.
    private void MovePublishedFooterToData(bool durable)
    {
        var footer = new byte[_footerBytes!.Value];
        using (var open = Open())
        {
            if (RandomAccess.Read(open.Handle, footer, _slots.Offset(_slot)) != footer.Length)
                return; // Someone else has cut the file.
        }

        var at = EndOfData;
        try
        {
            Write(footer, at, durable);
        }
        catch (IOException)
        {
            using var open = Open();
            Free(open.Handle, at, footer.Length);
            throw;
        }

        Cut(at + footer.Length, durable);
    }

    private void Write(ReadOnlySpan<byte> footer, long offset, bool durable)
    {
        using var open = Open();
        RandomAccess.Write(open.Handle, footer, offset);
        // Together with all data written before: an index must not reach the disk before what it names.
        if (durable)
            RandomAccess.FlushToDisk(open.Handle);
    }

    // In one step: the system copies from one page to one page. From two pages it might copy a part first, and see the kill then.
    private unsafe void WritePage(ReadOnlySpan<byte> footer, long offset)
    {
        const nuint pageBytes = FooterSlots.PageBytes;
        var memory = stackalloc byte[2 * FooterSlots.PageBytes];
        // SAFETY: of twice a page, a whole one is left behind the next multiple of its size.
        var page = new Span<byte>((void*)(((nuint)memory + pageBytes - 1) & ~(pageBytes - 1)), footer.Length);
        footer.CopyTo(page);
        Write(page, offset, durable: false);
    }

    private void Cut(long length, bool durable)
    {
        using var lease = _file.Use();
        _store.SetLength(lease.Handle, length);
        if (durable)
            RandomAccess.FlushToDisk(lease.Handle);
    }
}
