using OmeZarr.Stores;

namespace OmeZarr.Storage.Tests;

internal sealed class MemoryStoreReadTests : ReadableStoreContract
{
    protected override IReadableStore Open(params IReadOnlyList<StoredObject> objects) => Holding.All(new MemoryStore(), objects);
}

internal sealed class MemoryStoreListTests : ListableStoreContract
{
    protected override IListableStore Open(params IReadOnlyList<string> keys) => Holding.Empty(new MemoryStore(), keys);
}
