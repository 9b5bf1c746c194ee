using System.Text;

namespace OmeZarr.Storage;

/// <summary>
/// Objects as files below a root folder. An object appears under its name only when it can be read: whole, or ending in
/// a published tail (docs/shard-files.md). Any thread may use it.
/// </summary>
/// <remarks>
/// Unfinished objects have hidden names beside their final ones: <c>.NAME.partial</c> (made by <see cref="Create"/>, not
/// yet published) and <c>.NAME.NUMBER.tmp</c> (being put). They are left behind only by a process that was killed.
/// Nothing is written or deleted through a symbolic link below the root; the path to the root itself may have some.
/// </remarks>
public sealed partial class FileSystemStore : IStore
{
    // File systems without holes: a shard's tail far behind its data would have everything between written out.
    private static readonly string[] s_withoutHoles = ["vfat", "msdos", "fat", "fat32", "exfat", "hfs", "hfsplus"];

    // File systems that write faster into blocks that they have given away before (docs/performance.md).
    private static readonly string[] s_reserving = ["ext2", "ext3", "ext4", "xfs"];

    private readonly string _root;
    private readonly byte[] _rootUtf8;
    private readonly HandlePool _pool;
    private readonly KnownFolders _folders;
    private readonly UnsyncedFiles _unsynced;
    private readonly ManualResetEventSlim _closing = new();
    private readonly Retry _retry;
    private readonly Lazy<bool> _hasHoles;
    private readonly Lazy<bool> _reserves;
    private readonly DirectFiles _direct;
    private FolderLock? _lock;
    private long _temporaries;

    /// <param name="root">The dataset's folder; relative paths are taken from the current folder, now. Nothing is touched yet.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="StoreException"><see cref="StoreErrorKind.InvalidKey"/>: the path is empty or cannot be one.</exception>
    public FileSystemStore(string root, FileSystemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(root);
        options ??= new FileSystemOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxOpenFiles);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxUnsyncedFiles);
        if (root.Length == 0 || root.Contains('\0'))
            throw new StoreException(StoreErrorKind.InvalidKey, "The root path is empty or has a NUL character.");
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _rootUtf8 = Encoding.UTF8.GetBytes(_root);
        _pool = new HandlePool(options.MaxOpenFiles > 0 ? options.MaxOpenFiles : HandlePool.DefaultLimit());
        _folders = new KnownFolders(_root);
        _unsynced = new UnsyncedFiles(options, _root, _folders);
        _retry = new Retry(IoFailure.IsHeldByAnother, delay => !_closing.Wait(delay));
        _hasHoles = new Lazy<bool>(() => !IsFormatOneOf(s_withoutHoles));
        _reserves = new Lazy<bool>(() => IsFormatOneOf(s_reserving));
        _direct = new DirectFiles(options);
    }

    /// <summary>The dataset's folder, absolute.</summary>
    public string Root => _root;

    /// <summary>The most shard files that were ever open at the same time.</summary>
    public int OpenFilesHighWater => _pool.HighWater;

    /// <summary>The most shard files that may be open at the same time.</summary>
    public int MaxOpenFiles => _pool.Limit;

    /// <inheritdoc/>
    public int WriteAlignment => _direct.IsWanted ? FileObjectWriter.DirectBlock : 1;

    /// <inheritdoc/>
    public byte[]? Get(string key)
    {
        string path = PathOf(key);
        try
        {
            // Also false for a folder of that name.
            if (!File.Exists(path))
                return null;
            RefuseLinks(path);
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(path, "reading", e);
        }
    }

    /// <inheritdoc/>
    public IObjectWriter Create(string key, long maxDataBytes)
    {
        string path = PathOf(key);
        try
        {
            _folders.Ensure(Path.GetDirectoryName(path)!);
            PooledFile file = new(_pool, Hidden(path, "partial"), _direct.IsWanted ? _direct : null);
            FileObjectWriter writer = new(this, file, path, maxDataBytes);
            // The hidden name is the same for everyone, so that a second writer of this object is refused too.
            if (Path.Exists(path) || Path.Exists(file.Path))
                throw new StoreException(StoreErrorKind.AlreadyExists, $"{path} exists already or is being written.");
            file.CreateNew();
            writer.MakeRoom();
            return writer;
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(path, "creating it", e);
        }
    }

    /// <summary>
    /// Closes all files and gives the dataset's lock back. Writers that are still open fail from now on; what they had
    /// published stays readable.
    /// </summary>
    public void Dispose()
    {
        _closing.Set();
        _pool.Dispose();
        _lock?.Dispose();
        _lock = null;
    }

    private static string Hidden(string path, string suffix) =>
        Path.Join(Path.GetDirectoryName(path), $".{Path.GetFileName(path)}.{suffix}");

    private string PathOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return PathOf(key.AsSpan());
    }

    private string PathOf(ReadOnlySpan<char> key)
    {
        StoreKey.Validate(key);
        return Path.Join(_root, key.ToString().Replace('/', Path.DirectorySeparatorChar));
    }

    private void RefuseLinks(string path)
    {
        for (string part = path; part.Length > _root.Length; part = Path.GetDirectoryName(part)!)
        {
            if ((File.GetAttributes(part) & FileAttributes.ReparsePoint) != 0)
                throw new StoreException(StoreErrorKind.AccessDenied, $"{part} is a symbolic link; nothing is read through one.");
        }
    }

    private bool IsFormatOneOf(string[] formats)
    {
        try
        {
            return formats.Contains(new DriveInfo(_root).DriveFormat.ToLowerInvariant());
        }
        catch (Exception e) when (IoFailure.IsIo(e) || e is ArgumentException)
        {
            // A path that is no drive (a network share).
            return false;
        }
    }
}
