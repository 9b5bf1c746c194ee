using System.Text;
using OmeZarr.Storage.Zip;

namespace OmeZarr.Storage.Tests.Zip;

internal sealed class ZipStoreReadTests : ReadableStoreContract
{
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Dispose();

    protected override IReadableStore Open(params IReadOnlyList<StoredObject> objects) =>
        new ZipStore(ZipFiles.Write(_folder, objects));
}

internal sealed class ZipStoreListTests : ListableStoreContract
{
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Dispose();

    protected override IListableStore Open(params IReadOnlyList<string> keys) =>
        new ZipStore(ZipFiles.Write(_folder, [.. keys.Select(key => new StoredObject(key, new byte[] { 1 }))]));
}

/// <summary>Zip files of our own, and of the system's library.</summary>
internal static class ZipFiles
{
    public const string Comment = """{"ome":{"version":"0.5"}}""";

    public static string Write(TemporaryFolder folder, params IReadOnlyList<StoredObject> objects)
    {
        var path = folder.At($"{Guid.NewGuid():N}.ozx");
        using var file = File.Create(path);
        var zip = new ZipWriter(file);
        foreach (var one in objects)
            zip.Add(one.Key, new MemoryStream(one.Value.ToArray()), _ => { });
        zip.Complete(Encoding.UTF8.GetBytes(Comment));
        return path;
    }
}
