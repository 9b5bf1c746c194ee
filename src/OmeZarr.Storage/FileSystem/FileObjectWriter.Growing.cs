namespace OmeZarr.Storage.FileSystem;

// Footers of at most a page, each published by a page that makes the file longer.
internal sealed partial class FileObjectWriter
{
    /// <summary>
    /// How long earlier footers stay at least: who took the file's length then may still be about to read.
    /// </summary>
    private static readonly TimeSpan KeepsEarlier = TimeSpan.FromSeconds(10);

    private int _freedTo = FooterSlots.First;
    private int _markedSlot = FooterSlots.First; // Of the published footer at the moment that is marked.
    private long _markedAt; // A time stamp of the clock.

    // The published footer stays where it is. Who took the length of the file before reads that one, and who takes it from now on
    // reads the new one. Only when the slots are used up the first one is taken again, and the file is cut there.
    private bool TryPublishBehind(ReadOnlySpan<byte> footer, bool durable)
    {
        var next = _slot < _slots.Last ? Math.Max(_slot + 1, FooterSlots.First) : FooterSlots.First;
        if (durable)
        {
            // The power may fail when the file is longer already, and the page is not on the disk: from now on it is only cut.
            // Nothing that was published before has to survive that, so one last page makes room for many slots below it.
            next = _slots.Last;
            _growsFile = false;
        }

        if (next == _slot)
            return !_growsFile && TryPublishNext(footer, durable);
        _file.CheckPlace();
        try
        {
            WritePage(footer, _slots.Start(next), durable);
            if (next < _slot)
            {
                Cut(_slots.Start(next) + FooterSlots.PageBytes, durable);
                _freedTo = _markedSlot = FooterSlots.First;
            }

            _slot = next;
            FreeEarlier();
        }
        catch (IOException e) when (IoFailure.KindOf(e) == StoreErrorKind.NoSpace)
        {
            if (!TryWriteReserved(footer, durable))
                throw;
        }

        Published(footer.Length, durable);
        return true;
    }

    // In one step: the system copies from one page to one page, and then says that the file is longer.
    private unsafe void WritePage(ReadOnlySpan<byte> footer, long start, bool durable)
    {
        var memory = stackalloc byte[2 * FooterSlots.PageBytes];
        // SAFETY: of twice a page, a whole one is left behind the next multiple of its size.
        var page = new Span<byte>(
            (void*)(((nuint)memory + FooterSlots.PageBytes - 1) & ~(nuint)(FooterSlots.PageBytes - 1)), FooterSlots.PageBytes);
        page[..^footer.Length].Clear();
        footer.CopyTo(page[^footer.Length..]);
        Write(page, start, durable);
    }

    // Those before the moment that was marked last; then this moment is. So most publications are one call.
    private void FreeEarlier()
    {
        if (_markedAt != 0 && _store.Clock.GetElapsedTime(_markedAt) < KeepsEarlier)
            return;
        if (_markedSlot > _freedTo && OperatingSystem.IsLinux())
        {
            using var open = Open();
            UnixCalls.TryFree(open.Handle, _slots.Start(_freedTo), (_markedSlot - _freedTo) * _slots.Stride);
            _freedTo = _markedSlot;
        }

        _markedSlot = _slot;
        _markedAt = _store.Clock.GetTimestamp();
    }
}
