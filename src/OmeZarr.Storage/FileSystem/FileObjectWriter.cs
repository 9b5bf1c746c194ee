namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// A shard file under construction. At every instant, also after a kill, the file is either hidden or ends in a whole
/// footer. The protocol is in docs/shard-files.md.
/// </summary>
/// <remarks>
/// <see cref="Append"/> runs on any number of threads without a lock or an allocation: an atomic cursor gives each its own
/// range, and <c>pwrite</c> writes there. The other members are for one thread at a time.
/// </remarks>
internal sealed partial class FileObjectWriter : IObjectWriter
{
    private readonly FileSystemStore _store;
    private readonly PooledFile _file;
    private readonly string _name;
    private readonly string _path;
    private readonly long _roomForData;
    private readonly AppendCursor _cursor;
    private int? _footerBytes;
    private bool _shown; // Whether the file has its own name.
    private bool _nameIsDurable;
    private bool _ended;

    /// <param name="store">Where it is.</param>
    /// <param name="file">Has a hidden name until it is first shown.</param>
    /// <param name="name">Its own name, without its folder's.</param>
    /// <param name="path">The whole of it, for messages.</param>
    /// <param name="maxDataBytes">The most that is appended.</param>
    /// <param name="footerBytes">Bytes of each footer; 0 when that is not known yet.</param>
    public FileObjectWriter(FileSystemStore store, PooledFile file, string name, string path, long maxDataBytes, int footerBytes)
    {
        _store = store;
        _file = file;
        _name = name;
        _path = path;
        _roomForData = footerBytes > 0 ? FooterSlots.RoomForData(maxDataBytes, footerBytes, store.FileSizeLimit) : maxDataBytes;
        _cursor = new AppendCursor(path, maxDataBytes);
        _footerBytes = footerBytes > 0 ? footerBytes : null;
    }

    public bool PublishFooter(ReadOnlySpan<byte> footer, bool durable)
    {
        _cursor.ThrowIfClosed();
        CheckLength(footer);
        _store.Stop.ThrowIfCancelled(_path);
        if (_cannotPublish || !_store.HasHolesInFiles)
            return false;
        try
        {
            return _slot == NoSlot ? TryPublishFirst(footer, durable) : TryPublishNext(footer, durable);
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(_path, $"publishing an index of {footer.Length} bytes", e);
        }
    }

    public void Complete(ReadOnlySpan<byte> footer, bool durable)
    {
        CheckLength(footer);
        _cursor.Close();
        _store.Stop.ThrowIfCancelled(_path);
        try
        {
            if (_shown)
                _file.CheckPlace();
            WriteFinal(footer, durable);
            Show(durable);
            _store.Completed(_file, durable);
            _ended = true;
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(_path, $"completing it with an index of {footer.Length} bytes", e);
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
            if (_slot != NoSlot && !_store.Stop.IsCancelled)
                MovePublishedFooterToData(_nameIsDurable);
        }
        catch (Exception e) when (IoFailure.IsIo(e) || e is ObjectDisposedException or StoreException)
        {
            // On a full disk, or after the store's end, the footer cannot be moved. It is as readable where it is; only the
            // file looks larger.
        }

        _store.Abandoned(_file, isHidden: !_shown);
    }

    public void Dispose() => Abort();

    // Under its own name from the first footer on.
    private void Show(bool durable)
    {
        if (!_shown)
        {
            _store.Rename(_file, _name);
            _shown = true;
        }

        if (durable && !_nameIsDurable)
        {
            _store.MakeNameDurable(_file);
            _nameIsDurable = true;
        }
    }

    private void CheckLength(ReadOnlySpan<byte> footer)
    {
        _footerBytes ??= footer.Length;
        if (_footerBytes != footer.Length)
        {
            throw new ArgumentException(
                $"{_path}: the footer has {footer.Length} bytes, the one before had {_footerBytes}.", nameof(footer));
        }
    }
}
