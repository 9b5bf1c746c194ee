using OmeZarr.Streaming.FrameMetadata;

namespace OmeZarr.Streaming.Tests.FrameMetadata;

public class TextPoolTests
{
    private const int LongestText = 64 << 10;
    private const int LongestTexts = 32;

    [Test]
    public void ShouldKeepTextsOfAnyLength()
    {
        using var pool = new TextPool();
        foreach (var length in new[] { 1, 255, 256, 257, 1000, LongestText })
        {
            var text = Text(length, length);
            Assert.That(pool.TryKeep(text, out var first), Is.True);
            var copy = new byte[length];
            pool.CopyTo(first, 0, copy);
            Assert.That(copy, Is.EqualTo(text));
            pool.Free(first);
        }
    }

    [Test]
    public void ShouldGiveBackAllThatATextTookWhenItDoesNotFit()
    {
        using var pool = new TextPool();
        var texts = Enumerable.Range(0, LongestTexts)
            .Select(i => (Kept: pool.TryKeep(Text(LongestText, i), out var first), First: first)).ToArray();
        Assert.That(texts.Select(text => text.Kept), Is.All.True);
        Assert.That(pool.TryKeep([1], out _), Is.False, "it is full");
        pool.Free(texts[0].First);
        Assert.That(pool.TryKeep(Text(300, 0), out var small), Is.True);
        Assert.That(pool.TryKeep(Text(LongestText, 0), out _), Is.False, "two blocks are missing");
        pool.Free(small);
        Assert.That(pool.TryKeep(Text(LongestText, 0), out _), Is.True, "a refused text holds nothing");
    }

    [Test]
    public void ShouldKeepTextsApartWhenManyThreadsUseIt()
    {
        using var pool = new TextPool();
        Parallel.For(0, 4, thread =>
        {
            var random = new Random(thread);
            for (var round = 0; round < 2000; round++)
            {
                var text = Text(random.Next(1, 3000), round * 4 + thread);
                if (!pool.TryKeep(text, out var first))
                    throw new AssertionException("there is room for all of them");
                var copy = new byte[text.Length];
                pool.CopyTo(first, 0, copy);
                pool.Free(first);
                if (!copy.AsSpan().SequenceEqual(text))
                    throw new AssertionException($"text {round} of thread {thread} came back changed");
            }
        });
        Assert.That(Enumerable.Range(0, LongestTexts).All(i => pool.TryKeep(Text(LongestText, i), out _)), Is.True,
            "every block came back");
    }

    private static byte[] Text(int length, int seed)
    {
        var text = new byte[length];
        new Random(seed).NextBytes(text);
        return text;
    }
}
