namespace OmeZarr.Storage;

/// <summary>
/// A place that a dataset is written to. The shape fits object stores as well as file systems: an object is either put whole
/// (<see cref="Put"/>), or appended to and then completed (<see cref="Create"/>). Nothing is ever changed in place. Any thread;
/// every failure is a <see cref="StoreException"/> that names the key.
/// </summary>
/// <remarks>
/// <para>
/// It can be read, because a writer reads back what it has put: documents, which others may have added to meanwhile, and chunks
/// that are written again when they are whole. Both have to come from where it writes, also when that has been moved.
/// </para>
/// <para>
/// Calls that write take no token: they all belong to one dataset, nobody gives up a single one of them, and
/// <see cref="Cancel"/> ends them all. Waits of the store's own are bounded and end with it. A call that the operating system
/// holds up goes on for as long as the system likes, so whoever has promised a time lets other threads make the call
/// (docs/stores.md).
/// </para>
/// </remarks>
public interface IWritableStore : IReadableStore
{
    /// <summary>
    /// What memory given to <see cref="IObjectWriter.Append"/> should begin at multiples of, in bytes, and be of a length of, but
    /// for the last range: then the store need not copy it. 1: any memory will do.
    /// </summary>
    int WriteAlignment { get; }

    /// <summary>
    /// Makes the store ready for a new dataset. What is there already is refused (<see cref="StoreErrorKind.AlreadyExists"/>), or
    /// replaced when <paramref name="overwrite"/> is true and it is a Zarr (otherwise <see cref="StoreErrorKind.NotAZarr"/>; also
    /// when something is in it that no writer of Zarr made). On failure everything is as it was before, and so it is when the
    /// store is disposed of before <see cref="Commit"/>.
    /// </summary>
    /// <param name="overwrite">Whether a Zarr that is there may be replaced.</param>
    /// <param name="first">The objects that the dataset begins with, put in this order.</param>
    void Begin(bool overwrite, params IReadOnlyList<StoredObject> first);

    /// <summary>
    /// In place of <see cref="Begin"/>: makes the store ready to go on with a dataset that is there. Nothing of it has changed
    /// when this returns, but for what a killed process has left unfinished. From then on <see cref="Create"/> also takes the
    /// name of an object that is there, which readers see until the new one is first published or completed.
    /// </summary>
    /// <returns>False: there is none, and nothing has happened; <see cref="Begin"/> may follow.</returns>
    /// <exception cref="StoreException"><see cref="StoreErrorKind.AlreadyExists"/>: somebody else is writing it.</exception>
    bool TryResume();

    /// <summary>
    /// Gives up what <see cref="Begin"/> replaced: from now on the new dataset stands. A store that is disposed of before is as
    /// it was before <see cref="Begin"/>.
    /// </summary>
    void Commit();

    /// <summary>
    /// Stores an object whole, replacing any of that name. Readers see the old one or the new one, never a part. Its bytes may
    /// lie in several places, and its name need be no string: a store that can need neither copy the ones nor make the other.
    /// </summary>
    /// <param name="key">The object's name.</param>
    /// <param name="value">All of its bytes, one range after the other; not kept.</param>
    /// <param name="durable">Whether it must survive a power cut when this returns.</param>
    void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable);

    /// <summary>Starts an object that grows by appending, such as a shard.</summary>
    /// <param name="key">The object's name; must not exist, unless the dataset is resumed.</param>
    /// <param name="maxDataBytes">
    /// The most that will be appended, without the footer, each append rounded up to <see cref="WriteAlignment"/>; a store may
    /// reserve this much address space.
    /// </param>
    /// <param name="footerBytes">
    /// The bytes of each footer that <see cref="IObjectWriter.PublishFooter"/> and <see cref="IObjectWriter.Complete"/> will be
    /// given: a store may keep room for one from the start, so that the object can be completed when there is no other. 0: not
    /// known yet.
    /// </param>
    IObjectWriter Create(string key, long maxDataBytes, int footerBytes = 0);

    /// <summary>Makes everything that was put or completed durable, as far as the store can tell.</summary>
    void Sync();

    /// <summary>
    /// Fails when the dataset is no longer where it was begun: its folder was moved, removed or replaced. Called now and then
    /// while it is written, and before it is said to be complete.
    /// </summary>
    void CheckRoot();

    /// <summary>
    /// Bytes that can still be written, as far as the store can tell; null when it cannot: then there may be plenty. Never fails.
    /// </summary>
    long? FreeBytes();

    /// <summary>
    /// Has running and later calls fail as soon as they can, those that read included: nobody waits for their results any more.
    /// Calls that the system itself holds up go on. Never waits itself.
    /// </summary>
    void Cancel();
}

/// <summary>An object to be put whole.</summary>
public readonly record struct StoredObject(string Key, ReadOnlyMemory<byte> Value);
