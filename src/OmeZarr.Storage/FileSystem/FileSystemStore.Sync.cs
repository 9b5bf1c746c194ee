namespace OmeZarr.Storage.FileSystem;

// Durability of everything at once.
public sealed partial class FileSystemStore
{
    /// <inheritdoc/>
    /// <remarks>
    /// What is guaranteed when this returns: every object whose <see cref="Put"/> or <see cref="IObjectWriter.Complete"/>
    /// returned before the call is on the disk under its name, as far as the disk keeps what it has confirmed.
    /// <list type="bullet">
    /// <item>Linux: one <c>syncfs</c> of the root's file system, which also waits for what other programs wrote there.
    /// Kernels before 5.8 do not report a write error of a file that was closed meanwhile.</item>
    /// <item>macOS, or without <see cref="FileSystemOptions.SyncWholeFileSystem"/>: each file is flushed
    /// (<c>F_FULLFSYNC</c> on macOS, <c>fsync</c> on Linux), then the entries of each folder.</item>
    /// <item>Windows: <c>FlushFileBuffers</c> of each file; NTFS keeps folders consistent by its journal and offers no
    /// flush of them.</item>
    /// </list>
    /// Objects under construction are not included: <see cref="IObjectWriter.PublishFooter"/> makes those durable.
    /// A failed call may be repeated, but after a failing disk the data in question may be lost all the same.
    /// </remarks>
    public void Sync()
    {
        _stop.ThrowIfCancelled(_path);
        try
        {
            if (TryOpenRoot() is { } root)
                _unsynced.Sync(root);
            _folders.SyncAbove();
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(_path, "making everything durable", e);
        }
    }
}
