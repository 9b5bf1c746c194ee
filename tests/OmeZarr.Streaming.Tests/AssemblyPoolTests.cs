using OmeZarr.Memory;
using OmeZarr.Streaming.Encoders;

namespace OmeZarr.Streaming.Tests;

public unsafe class AssemblyPoolTests
{
    private const int Buffers = 3;
    private const int Bytes = 20_000;

    [Test]
    public void ShouldGiveEachBufferToOneChunkRowAtATime()
    {
        using var pool = new AssemblyPool(Buffers, Bytes);
        var rented = Enumerable.Range(0, Buffers).Select(_ => Rent(pool)).ToArray();
        Assert.That(pool.TryRent(out _), Is.False);
        foreach (var (i, buffer) in rented.Index())
            new Span<byte>((void*)buffer.First, Bytes).Fill((byte)(i + 1));
        foreach (var (i, buffer) in rented.Index())
            Assert.That(new ReadOnlySpan<byte>((void*)buffer.First, Bytes).ContainsAnyExcept((byte)(i + 1)), Is.False,
                "no two overlap");
    }

    [Test]
    public void ShouldGiveTheBufferThatCameBackLastFirst()
    {
        using var pool = new AssemblyPool(Buffers, Bytes);
        var first = Rent(pool);
        var second = Rent(pool);
        pool.Return(second);
        pool.Return(first);
        Assert.That(Rent(pool), Is.EqualTo(first), "it is still in the caches");
        Assert.That(Rent(pool), Is.EqualTo(second));
    }

    [Test]
    public void ShouldTakeWholePagesForEachBuffer()
    {
        using var pool = new AssemblyPool(Buffers, Bytes);
        var rented = Enumerable.Range(0, Buffers).Select(_ => (long)Rent(pool).First).Order().ToArray();
        Assert.That(rented[1] - rented[0], Is.EqualTo(AssemblyPool.Stride(Bytes)), "as much as the estimate says");
        Assert.That(AssemblyPool.Stride(Bytes), Is.GreaterThanOrEqualTo(Bytes).And.EqualTo(NativeBuffer.AlignUp(Bytes)));
    }

    private static AssemblyBuffer Rent(AssemblyPool pool)
    {
        Assert.That(pool.TryRent(out var buffer), Is.True);
        return buffer;
    }
}
