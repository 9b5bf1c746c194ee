using System.Globalization;
using System.Text;

namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// A place taken for a new dataset, which appears there only with <see cref="Commit"/>. Until then what was there before
/// stays as it is, and everything can be undone: by <see cref="Dispose"/>, or, after a kill, by whoever begins there next.
/// The protocol is in docs/beginning.md.
/// </summary>
internal sealed partial class Beginning : IDisposable
{
    /// <summary>In a new dataset's folder until it stands.</summary>
    public const string Mark = ".begun";

    /// <summary>The same in an empty folder that was there before and is used as it is.</summary>
    public const string InPlaceMark = ".begun-here";

    private const string Begun = "begun";
    private const string Replaced = "replaced";
    private const string Deleted = "deleted";
    private const int MostTries = 16;

    private readonly string _path;
    private readonly string _name;
    private readonly string _stem;
    private readonly Descriptors _descriptors;
    private readonly StopSignal _stop;
    private readonly Action<string> _warn;
    private readonly List<string> _madeParents = [];
    private Folder? _parent; // Null: the folder above cannot be opened, so that only an empty folder can be used.
    private Folder? _root;
    private Folder? _old;
    private string? _hidden; // The new dataset's name until it stands; null: it is in place.
    private bool _isCommitted;

    private Beginning(string path, Descriptors descriptors, StopSignal stop, Action<string> warn)
    {
        _path = path;
        _name = Path.GetFileName(path);
        _stem = Stem(_name);
        _descriptors = descriptors;
        _stop = stop;
        _warn = warn;
    }

    /// <summary>The new dataset's folder, empty but for a mark.</summary>
    public Folder Root => _root!;

    /// <summary>Takes the place; on failure everything is as it was before.</summary>
    public static Beginning Start(string path, bool overwrite, Descriptors descriptors, StopSignal stop, Action<string> warn)
    {
        var beginning = new Beginning(path, descriptors, stop, warn);
        try
        {
            beginning.Take(overwrite);
            return beginning;
        }
        catch
        {
            beginning.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Finishes or undoes what a killed process had begun at a place, and locks the dataset that stands there then; null when
    /// none does. A dataset that is being written is refused.
    /// </summary>
    public static Folder? Recover(string path, Descriptors descriptors, StopSignal stop, Action<string> warn)
    {
        var beginning = new Beginning(path, descriptors, stop, warn);
        List<Folder> toDelete = [];
        try
        {
            using (beginning.LockNewParent())
            {
                using var leftovers = new Leftovers(beginning, beginning._parent, toDelete);
                leftovers.Recover();
                return leftovers.TakeRoot();
            }
        }
        finally
        {
            foreach (var leftover in toDelete)
                beginning.Delete(leftover);
            beginning._parent?.Dispose();
        }
    }

    /// <summary>Undoes everything, unless it was committed. What cannot be undone is left to whoever begins here next.</summary>
    public void Dispose()
    {
        if (_isCommitted)
            return;
        // First of all: descriptors for what follows.
        _old?.Dispose();
        Try(ClearRoot);
        // What is in it is gone, or not ours: the folder stays with that.
        _root?.Unlock();
        if (_hidden is not null)
            Try(() => _parent!.RemoveFolder(_hidden));
        _root?.Dispose();
        _parent?.Dispose();
        for (var i = _madeParents.Count - 1; i >= 0; i--)
        {
            var made = _madeParents[i];
            // Fails when somebody else has put something there meanwhile, as it should.
            Try(() => Directory.Delete(made, recursive: false));
        }
    }

    /// <summary>The hidden name beside the dataset's, which whoever begins there next looks for.</summary>
    internal static string Hidden(string name, string role, uint number) =>
        string.Create(CultureInfo.InvariantCulture, $".{Stem(name)}.{role}-{number:x8}");

    // A name that leaves room for what is added to it.
    private static string Stem(string name)
    {
        const int longest = 200, kept = 40;
        if (Encoding.UTF8.GetByteCount(name) <= longest)
            return name;
        var start = name[..(char.IsHighSurrogate(name[kept - 1]) ? kept - 1 : kept)];
        return string.Create(CultureInfo.InvariantCulture, $"{start}{Digest(Encoding.UTF8.GetBytes(name)):x32}");
    }

    // FNV-1a of 128 bits, enough to tell names apart. Not one of the runtime's digests: on Linux those are OpenSSL's, and
    // where that is not installed the runtime ends the process.
    private static UInt128 Digest(ReadOnlySpan<byte> bytes)
    {
        var prime = new UInt128(0x0000_0000_0100_0000, 0x0000_0000_0000_013B);
        var digest = new UInt128(0x6C62_272E_07BB_0142, 0x62B8_2175_6295_C58D);
        foreach (var b in bytes)
            digest = unchecked((digest ^ b) * prime);
        return digest;
    }

    private void Take(bool overwrite)
    {
        List<Folder> toDelete = [];
        try
        {
            using (LockNewParent())
            {
                using var leftovers = new Leftovers(this, _parent, toDelete);
                leftovers.Recover();
                TakeUnderLock(overwrite, leftovers.TakeRoot());
            }
        }
        finally
        {
            // While nobody waits: they may be large.
            foreach (var leftover in toDelete)
                Delete(leftover);
        }

        if (_old is not null && ZarrContents.FirstForeign(_old) is { } foreign)
        {
            throw new StoreException(
                StoreErrorKind.NotAZarr,
                $"{_path} is not replaced: '{foreign}' in it was not written by a Zarr writer, and would be lost. "
                + "Move it away, or choose another path.");
        }
    }

    private void TakeUnderLock(bool overwrite, Folder? existing)
    {
        var kind = existing is null ? _parent?.StatusOf(_name)?.Kind : EntryKind.Folder;
        if (existing is not null && existing.IsEmpty())
        {
            _root = existing;
            existing.Create(InPlaceMark).Dispose();
            return;
        }

        _old = existing;
        if (kind is not null && !overwrite)
            throw new StoreException(StoreErrorKind.AlreadyExists, $"{_path} exists already, and overwrite is not set.");
        if (kind is not null && (existing is null || !ZarrContents.IsZarr(existing)))
        {
            throw new StoreException(
                StoreErrorKind.NotAZarr,
                $"{_path} is not replaced: it is not the folder of a Zarr "
                + $"(it has none of {string.Join(", ", ZarrContents.Marks)}).");
        }

        if (_parent is null)
            throw new StoreException(StoreErrorKind.AccessDenied, $"{_path}: the folder it is in cannot be read.");
        MakeHidden(_parent);
    }

    private void MakeHidden(Folder parent)
    {
        string hidden;
        do
        {
            hidden = Hidden(_name, Begun, (uint)Random.Shared.Next());
        }
        while (!parent.TryMake(hidden));
        _hidden = hidden;
        _root = parent.OpenBelow(hidden);
        // Nobody else can have it: this is under the parent's lock.
        _ = _root.TryLock();
        _root.Create(Mark).Dispose();
    }

    private void ClearRoot()
    {
        if (_root is null)
            return;
        // In a folder that others could see, they may have put something.
        if (_hidden is null)
            _ = ZarrContents.Clear(_root);
        else
            ZarrContents.ClearWhole(_root);
        // The mark goes last: as long as anything is left, the next one knows whose it is.
        _root.RemoveFile(_hidden is null ? InPlaceMark : Mark);
    }

    /// <summary>Deletes a folder that was put aside, as far as writers of Zarr made what is in it.</summary>
    private void Delete(Folder folder)
    {
        string? reason = null;
        try
        {
            if (!ZarrContents.Clear(folder))
                reason = "there is something in it that no Zarr writer made";
            folder.Unlock();
            if (reason is null && _parent?.RemoveFolder(Path.GetFileName(folder.Path)) == false)
                reason = "something has been put into it";
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            reason = e.Message;
        }

        folder.Dispose();
        if (reason is not null)
            _warn($"{_path}: what it replaced could not be deleted and is in {folder.Path}: {reason}");
    }

    // An error on the way back would hide the one that led there.
    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (IoFailure.IsIo(e) || e is ObjectDisposedException)
        {
            // Whoever begins here next finds it (docs/beginning.md).
        }
    }
}
