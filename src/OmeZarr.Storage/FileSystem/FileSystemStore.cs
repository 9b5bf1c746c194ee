namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Objects as files below a root folder. An object appears under its name only when it can be read: whole, or ending in
/// a published footer (docs/shard-files.md). Any thread may use it.
/// </summary>
/// <remarks>
/// Unfinished objects have hidden names beside their final ones: <c>.NAME.partial</c> (made by <see cref="Create"/>, not
/// yet published) and <c>.NAME.NUMBER.tmp</c> (being put). They are left behind only by a process that was killed.
/// Nothing is written, read or deleted through a symbolic link below the root; the path to the root itself may have some. On
/// Linux the root is held from <see cref="Begin"/> on: whatever is moved or put in its place, nothing lands elsewhere.
/// </remarks>
public sealed partial class FileSystemStore : IWritableStore, IListableStore
{
    private readonly string _path;
    private readonly FileSystemOptions _options;
    private readonly StopSignal _stop = new();
    private readonly OpenFileBudget _budget;
    private readonly HandlePool _pool;
    private readonly Descriptors _descriptors;
    private readonly KnownFolders _folders = new();
    private readonly UnsyncedFiles _unsynced;
    private readonly SpareRoom _spare;
    private readonly Retry _retry;
    private readonly Lazy<bool> _hasHoles;
    private readonly Lazy<bool> _reserves;
    private readonly Lazy<bool> _movesFooters;
    private readonly Lazy<bool> _overwritesPages;
    private readonly DirectFiles _direct;
    private readonly Lock _opening = new();
    private long _fileSizeLimit;
    private Beginning? _beginning;
    private Folder? _root;
    private bool _isCommitted;
    private bool _isResumed;
    private int _heldDescriptors;
    private long _temporaries;

    /// <param name="root">
    /// The dataset's folder; relative paths are taken from the current folder, now. Nothing is touched yet.
    /// </param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="StoreException">
    /// <see cref="StoreErrorKind.InvalidKey"/>: the path is empty or cannot be one. <see cref="StoreErrorKind.Io"/>: it is
    /// relative, and the current folder has been removed.
    /// </exception>
    public FileSystemStore(string root, FileSystemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(root);
        _options = options ??= new FileSystemOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxOpenFiles);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxUnsyncedFiles);
        _path = RootPath.Absolute(root);
        _budget = options.Budget ?? OpenFileBudget.OfProcess;
        _pool = new HandlePool(options.MaxOpenFiles > 0 ? options.MaxOpenFiles : null, _budget, _stop);
        _descriptors = new Descriptors(_budget, _stop);
        _unsynced = new UnsyncedFiles(options, _folders);
        _spare = new SpareRoom(_budget);
        _retry = new Retry(IoFailure.IsHeldByAnother, delay => _stop.Waited(delay));
        _hasHoles = new Lazy<bool>(() => FileSystemKinds.HasHoles(OpenRoot()));
        _reserves = new Lazy<bool>(() => FileSystemKinds.WritesFasterIntoReserved(OpenRoot()));
        _movesFooters = new Lazy<bool>(() => OperatingSystem.IsLinux() && options.MovesFooters && FooterMover.Works(OpenRoot()));
        _overwritesPages = new Lazy<bool>(() => options.OverwritesPages && FileSystemKinds.WritePagesWhole(OpenRoot()));
        _direct = new DirectFiles(options);
        LookAtFileSizeLimit();
    }

    /// <summary>The dataset's folder, absolute.</summary>
    public string Root => _path;

    /// <summary>The most shard files that were ever open at the same time.</summary>
    public int OpenFilesHighWater => _pool.HighWater;

    /// <summary>The most shard files that may be open at the same time.</summary>
    public int MaxOpenFiles => _pool.Limit;

    /// <inheritdoc/>
    public int WriteAlignment => _direct.IsWanted ? FileObjectWriter.DirectBlock : 1;

    /// <inheritdoc/>
    public IObjectWriter Create(string key, long maxDataBytes, int footerBytes = 0)
    {
        Check(key);
        ArgumentOutOfRangeException.ThrowIfNegative(footerBytes);
        try
        {
            LookAtFileSizeLimit();
            var root = OpenRoot();
            var slash = key.LastIndexOf('/');
            var folder = slash < 0 ? "" : key[..slash];
            var name = key[(slash + 1)..];
            var file = new PooledFile(_pool, root, folder, $".{name}.partial", _direct.IsWanted ? _direct : null);
            var writer = new FileObjectWriter(this, file, name, PathOf(key), maxDataBytes, footerBytes);
            using (var open = root.EnsureBelow(folder))
            {
                // Nobody else can be writing it. A killed process may have been.
                if (_isResumed)
                    open.RemoveFile($".{name}.partial");
                // The hidden name is the same for everyone, so that a second writer of this object is refused too.
                else if (open.StatusOf(name) is not null || open.StatusOf($".{name}.partial") is not null)
                    throw new StoreException(StoreErrorKind.AlreadyExists, $"{PathOf(key)} exists already or is being written.");
            }

            file.CreateNew();
            MakeRoom(writer);
            return writer;
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(PathOf(key), "creating it", e);
        }
    }

    // A file that grows beyond it would not only be refused: the system sends a signal that ends the process. The host may change
    // it at any time; a call of some nanoseconds beside the making of a file.
    private void LookAtFileSizeLimit() =>
        Volatile.Write(ref _fileSizeLimit, OperatingSystem.IsWindows() ? long.MaxValue : UnixCalls.FileSizeLimit());

    // On failure nothing is left of the object.
    private static void MakeRoom(FileObjectWriter writer)
    {
        var done = false;
        try
        {
            writer.MakeRoom();
            done = true;
        }
        finally
        {
            if (!done)
                writer.Abort();
        }
    }

    /// <inheritdoc/>
    public long? FreeBytes()
    {
        try
        {
            return TryOpenRoot()?.FreeBytes;
        }
        catch (Exception e) when (IoFailure.IsIo(e) || e is ObjectDisposedException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Takes no lock that is held over a call of the system. Who waits for a file that may be open looks again by itself
    /// (<see cref="HandlePool"/>).
    /// </remarks>
    public void Cancel() => _stop.Cancel();

    /// <summary>
    /// Closes all files and gives the dataset's lock back; undoes <see cref="Begin"/> when it was not committed. Writers that are
    /// still open fail from now on; what they had published stays readable.
    /// </summary>
    public void Dispose()
    {
        _stop.Close();
        _pool.Dispose();
        _spare.Dispose();
        lock (_opening)
        {
            if (!_isCommitted)
                _beginning?.Dispose();
            _beginning = null;
            _root?.Dispose();
            _budget.Count(-_heldDescriptors);
            _heldDescriptors = 0;
        }
    }

    private string PathOf(ReadOnlySpan<char> key) => Path.Join(_path, key.ToString().Replace('/', Path.DirectorySeparatorChar));

    private void Check(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        StoreKey.Validate(key);
        _stop.ThrowIfCancelled(key);
    }

    private Folder OpenRoot() =>
        TryOpenRoot() ?? throw new DirectoryNotFoundException($"'{_path}' is not there: nothing has been begun.");

    // A dataset that is only read, or was begun by somebody else, is opened when it is first used.
    private Folder? TryOpenRoot()
    {
        if (Volatile.Read(ref _root) is { } open)
            return open;
        lock (_opening)
        {
            if (_root is null && Folder.TryOpen(_path, _descriptors) is { } root)
                Hold(root);
            return _root;
        }
    }

    private void Hold(Folder root)
    {
        _heldDescriptors++;
        _budget.Count(1);
        Volatile.Write(ref _root, root);
    }
}
