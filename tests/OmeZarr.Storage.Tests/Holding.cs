namespace OmeZarr.Storage.Tests;

/// <summary>Stores with something in them.</summary>
internal static class Holding
{
    public static T All<T>(T store, IReadOnlyList<StoredObject> objects)
        where T : IWritableStore
    {
        store.Begin(overwrite: false);
        store.Commit();
        foreach (var (key, value) in objects)
            store.Put(key, value.Span, durable: false);
        return store;
    }

    /// <summary>Objects without bytes.</summary>
    public static T Empty<T>(T store, IReadOnlyList<string> keys)
        where T : IWritableStore => All(store, [.. keys.Select(key => new StoredObject(key, default))]);
}
