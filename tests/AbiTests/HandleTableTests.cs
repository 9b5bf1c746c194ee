using OmeZarrNative.Abi;

namespace AbiTests;

/// <summary>As many handles as there are places, and none that means another object later.</summary>
public sealed class HandleTableTests
{
    private const int Places = 4096;

    [Test]
    public void ShouldGiveAHandleForEachPlaceAndNoMore()
    {
        var table = new HandleTable<string>(Places, seed: 1234);
        var handles = Enumerable.Range(0, Places).Select(_ => table.Reserve()).ToArray();
        Assert.That(handles, Is.Unique.And.All.Not.Zero);
        Assert.That(table.Reserve(), Is.Zero, "one more than there are places");
        foreach (var handle in handles)
            table.Fill(handle, $"{handle}");
        Assert.That(handles.Select(table.Find), Is.EqualTo(handles.Select(handle => $"{handle}")));
        foreach (var handle in handles)
            Assert.That(table.Remove(handle));
        var later = Enumerable.Range(0, Places).Select(_ => table.Reserve()).ToArray();
        Assert.That(later, Is.Unique.And.All.Not.Zero);
        Assert.That(later.Intersect(handles), Is.Empty, "a stale handle never means another object");
        Assert.That(handles.Select(table.Find), Is.All.Null);
        Assert.That(handles.Select(table.Remove), Is.All.False);
    }
}
