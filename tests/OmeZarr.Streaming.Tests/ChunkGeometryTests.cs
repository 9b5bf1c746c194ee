using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Concurrency;
using OmeZarr.Memory;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Layout;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Streaming.Tests;

public unsafe class ChunkGeometryTests
{
    [Test]
    public void ShouldShareOutEveryTileOfAFrameExactlyOnce() => Prop.ForAll(Acquisition.Any, acquisition =>
    {
        var geometry = new ChunkGeometry(acquisition.Plan.Arrays[0]);
        var tiles = new HashSet<(int, int)>();
        for (var number = 0; number < geometry.BatchesPerChunkRow; number++)
        {
            var batch = geometry.Batch(number);
            Assert.That(batch.Count, Is.InRange(1, geometry.TilesPerBatch));
            for (var i = 0; i < batch.Count; i++)
            {
                var tile = geometry.Tile(batch.Shard, batch.First + i);
                Assert.That(tiles.Add((tile.Y, tile.X)), Is.True, "a tile is in two batches");
                Assert.That(tile.Number, Is.EqualTo(tiles.Count - 1), "batches take them in the order of their numbers");
            }
        }

        Assert.That(tiles, Has.Count.EqualTo(geometry.TilesY * geometry.TilesX));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Test]
    public void ShouldNumberTilesWithinTheirShardAndFrameAsTheGridsDo() => Prop.ForAll(Acquisition.Any, acquisition =>
    {
        var array = acquisition.Plan.Arrays[0];
        var geometry = new ChunkGeometry(array);
        for (var shard = 0; shard < geometry.ShardsPerRow; shard++)
        {
            for (var number = 0; number < geometry.TilesInShard(shard); number++)
            {
                var tile = geometry.Tile(shard, number);
                Assert.That(tile.Y / geometry.ShardTilesY * geometry.ShardsX + tile.X / geometry.ShardTilesX, Is.EqualTo(shard));
                Assert.That(
                    tile.ChunkInShard,
                    Is.EqualTo(tile.Y % geometry.ShardTilesY * geometry.ShardTilesX + tile.X % geometry.ShardTilesX));
                Assert.That(tile.FirstRow, Is.EqualTo((long)tile.Y * geometry.ChunkHeight));
                Assert.That(tile.FirstColumn, Is.EqualTo((long)tile.X * geometry.ChunkWidth));
                Assert.That(tile.Rows, Is.EqualTo(Math.Min(geometry.ChunkHeight, geometry.Height - tile.FirstRow)));
                Assert.That(tile.Columns, Is.EqualTo(Math.Min(geometry.ChunkWidth, geometry.Width - tile.FirstColumn)));
            }
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Test]
    public void ShouldReadAChunkAsPixelByPixelWould() => Prop.ForAll(Strided, strided =>
    {
        var (acquisition, padding, missing) = strided;
        var plan = acquisition.Plan;
        var geometry = new ChunkGeometry(plan.Arrays[0]);
        var stride = (int)geometry.FrameRowBytes + padding;
        var frames = Enumerable.Range(0, geometry.FramesPerChunk)
            .Select(i => Padded(Acquisition.Pixels(plan, i), geometry, stride)).ToArray();
        using var memory = new NativeBuffer(Math.Max(1, (long)frames.Length * frames[0].Length));
        var planes = new ChunkPlane[frames.Length];
        for (var number = 0; number < geometry.TilesInShard(0); number++)
        {
            var tile = geometry.Tile(0, number);
            for (var i = 0; i < frames.Length; i++)
            {
                var first = memory.Pointer + (long)i * frames[i].Length;
                frames[i].CopyTo(new Span<byte>(first, frames[i].Length));
                planes[i] = i == missing ? ChunkPlane.Missing
                    : TileRows.PlaneOf(geometry, tile, new FramePixels((nint)first, stride));
            }

            var chunk = new byte[geometry.Plan.ChunkBytes];
            TileRows.Of(geometry, tile, planes).CopyTo(chunk);
            Assert.That(chunk, Is.EqualTo(Naive(geometry, tile, frames, stride, missing)));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static readonly Arbitrary<(Acquisition Acquisition, int Padding, int Missing)> Strided = (
        from acquisition in Acquisition.Any.Generator
        from padding in Gen.Choose(0, 9)
        from missing in Gen.Choose(-1, 3)
        select (acquisition, padding, missing)).ToArbitrary();

    private static byte[] Padded(byte[] pixels, ChunkGeometry geometry, int stride)
    {
        var padded = new byte[geometry.Height * stride];
        padded.AsSpan().Fill(0xEE);
        for (var row = 0; row < geometry.Height; row++)
            pixels.AsSpan((int)(row * geometry.FrameRowBytes), (int)geometry.FrameRowBytes).CopyTo(padded.AsSpan(row * stride));
        return padded;
    }

    private static byte[] Naive(ChunkGeometry geometry, Tile tile, byte[][] frames, int stride, int missing)
    {
        var chunk = new byte[geometry.Plan.ChunkBytes];
        for (var at = 0; at < chunk.Length; at++)
        {
            var frame = at / geometry.ChunkPlaneBytes;
            var row = tile.FirstRow + at % geometry.ChunkPlaneBytes / geometry.TileRowBytes;
            var column = tile.FirstColumn * geometry.ElementBytes + at % geometry.TileRowBytes;
            if (frame != missing && row < geometry.Height && column < geometry.FrameRowBytes)
                chunk[at] = frames[frame][row * stride + column];
        }

        return chunk;
    }
}
