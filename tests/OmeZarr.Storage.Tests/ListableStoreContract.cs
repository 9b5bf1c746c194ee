using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Storage.Tests;

/// <summary>What every store that can be listed has to do; inherited by the tests of each kind.</summary>
internal abstract class ListableStoreContract
{
    private IListableStore? _store;

    /// <summary>A store that holds objects of these names, none of which lies below another.</summary>
    protected abstract IListableStore Open(params IReadOnlyList<string> keys);

    [TearDown]
    public void DisposeStore() => (Interlocked.Exchange(ref _store, null) as IDisposable)?.Dispose();

    [Test]
    public void ShouldListWhatLiesRightBelowAPrefix()
    {
        var store = Given("zarr.json", "0/zarr.json", "0/c/0/0", "0/c/0/1", "0/c/10/0", "µ/x");
        Assert.That(Below(store, ""), Is.EquivalentTo((string[])["zarr.json", "0/", "µ/"]));
        Assert.That(Below(store, "0"), Is.EquivalentTo((string[])["zarr.json", "c/"]));
        Assert.That(Below(store, "0/c"), Is.EquivalentTo((string[])["0/", "10/"]));
        Assert.That(Below(store, "0/c/0"), Is.EquivalentTo((string[])["0", "1"]));
    }

    [Test]
    public void ShouldFindEveryKeyLevelByLevel()
    {
        var part = Gen.Elements("0", "1", "c", "10", "zarr.json", "a b");
        var key = part.NonEmptyListOf().Select(parts => string.Join('/', parts.Take(4)));
        Prop.ForAll(key.ListOf().ToArbitrary(), drawn =>
        {
            string[] keys = [.. drawn.Distinct().Where(key => !drawn.Any(other => IsBelow(other, key)))];
            var store = Given(keys);
            Assert.That(Walk(store, ""), Is.EquivalentTo(keys));
            DisposeStore();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
    }

    [Test]
    public void ShouldFindNothingBelowWhatIsNotAPrefix()
    {
        var store = Given("0/zarr.json");
        foreach (var prefix in (string[])["nothing", "0/c/1", "0/zarr.json", "0/zarr.json/x", "zarr"])
            Assert.That(Below(store, prefix), Is.Empty, prefix);
    }

    [Test]
    public void ShouldFindNothingInAStoreWithoutObjects() => Assert.That(Below(Given(), ""), Is.Empty);

    [TestCase("/")]
    [TestCase("0/")]
    [TestCase("..")]
    [TestCase("0/../..")]
    [TestCase(".hidden")]
    public void ShouldRefuseAPrefixThatNoKeyBeginsWith(string prefix)
    {
        var store = Given("0/zarr.json");
        Assert.That(() => store.List(prefix, CancellationToken.None), Fails.With(StoreErrorKind.InvalidKey));
    }

    [Test]
    public void ShouldListManyEntriesOnceEachAndTwiceAtTheSameTime()
    {
        string[] names = [.. Enumerable.Range(0, 3000).Select(i => $"chunk number {i}")];
        var store = Given([.. names.Select(name => $"c/{name}")]);
        using var first = store.List("c", CancellationToken.None).GetEnumerator();
        using var second = store.List("c", CancellationToken.None).GetEnumerator();
        List<string> ofFirst = [], ofSecond = [];
        while (first.MoveNext())
        {
            ofFirst.Add(first.Current.Name);
            if (second.MoveNext())
                ofSecond.Add(second.Current.Name);
        }

        Assert.That(ofFirst, Is.EquivalentTo(names));
        Assert.That(ofSecond, Is.EquivalentTo(names));
        Assert.That(second.MoveNext(), Is.False);
    }

    [Test]
    public void ShouldEndAListingThatIsGivenUp()
    {
        var store = Given("a", "b", "c");
        using var source = new CancellationTokenSource();
        using var entries = store.List("", source.Token).GetEnumerator();
        Assert.That(entries.MoveNext(), Is.True);
        source.Cancel();
        Assert.That(() => { while (entries.MoveNext()) { } }, Fails.With(StoreErrorKind.Cancelled));
        Assert.That(Below(store, ""), Has.Length.EqualTo(3), "the store goes on");
    }

    protected static string[] Below(IListableStore store, string prefix) =>
        [.. store.List(prefix, CancellationToken.None).Select(entry => entry.IsPrefix ? entry.Name + "/" : entry.Name)];

    private static bool IsBelow(string key, string other) => key.StartsWith(other + "/", StringComparison.Ordinal);

    private IListableStore Given(params IReadOnlyList<string> keys) => _store = Open(keys);

    private static IEnumerable<string> Walk(IListableStore store, string prefix)
    {
        foreach (var (name, isPrefix) in store.List(prefix, CancellationToken.None))
        {
            var key = prefix.Length == 0 ? name : $"{prefix}/{name}";
            foreach (var found in isPrefix ? Walk(store, key) : [key])
                yield return found;
        }
    }
}
