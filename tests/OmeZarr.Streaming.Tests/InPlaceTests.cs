using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Output;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Streaming.Tests;

/// <summary>Uncompressed chunks that are written from where they lie in the frames, through the page cache and past it.</summary>
public unsafe class InPlaceTests
{
    private const int Page = 4096;

    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("omezarr-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void ShouldStoreEveryPixelOfTilesAsWideAsTheFrameInRealFiles()
    {
        // Planes of whole blocks and beside them, chunks that are copied and chunks that are not, tiles beyond the edge,
        // several tiles in a batch, skipped frames.
        Gen<(int Frames, int Height, int Tile, int Width, int Skip, string Codec, bool Unbuffered, bool Sharded)> layouts =
            from frames in Gen.Choose(1, 9)
            from height in Gen.Elements(64, 100, 256)
            from tile in Gen.Elements(16, 64, 128)
            from width in Gen.Elements(512, 1000, 2048)
            from skip in Gen.Elements(0, 0, 1)
            from codec in Gen.Elements("none", "none", "blosc-lz4")
            from unbuffered in Gen.Elements(true, false)
            from sharded in Gen.Elements(true, true, false)
            select (frames, height, tile, width, skip, codec, unbuffered, sharded);
        var number = 0;
        Prop.ForAll(layouts.ToArbitrary(), layout =>
        {
            var (along, across) = layout.Sharded ? ("*2", "*1") : ("", "");
            var plan = Given.Plan(
                $"t=?/{layout.Frames}{along} y={layout.Height}/{layout.Tile}{along} x={layout.Width}/{layout.Width}{across}",
                type: "uint16", compression: layout.Codec);
            using var store = Open($"{number++}", layout.Unbuffered);
            var acquisition = new Acquisition
            {
                Settings = [],
                Comes =
                [.. Enumerable.Range(0, 20).Select(frame => frame != 5 * layout.Skip || frame == 0)]
            };
            Write(plan, store, acquisition.Comes);
            using var again = Open($"{number - 1}", unbuffered: false);
            using var reader = ArrayReader.Open(again.Get, plan.Arrays[0].Path);
            Assert.That(reader.ReadAll().AsSpan().SequenceEqual(acquisition.Expected(plan, out var shape)), Is.True);
            Assert.That(reader.Shape, Is.EqualTo(shape));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Test]
    public void ShouldMakeOnePieceOfPlanesThatTouch()
    {
        var chunks = new InPlaceChunks(pieces: 4, chunks: 3, alignment: 1);
        Assert.That(chunks.TryAdd(Chunk(10, [0x10000, 0x1000a])), Is.True);
        Assert.That(chunks.Pieces.Length, Is.EqualTo(1));
        Assert.That(chunks.PaysOff, Is.True, "it costs nothing");
        Assert.That(chunks.TryAdd(Chunk(10, [0x20000])), Is.True);
        Assert.That(chunks.Pieces.ToArray(), Is.EqualTo((MemoryRange[])[new(0x10000, 20), new(0x20000, 10)]));
        chunks.Begin(apart: false);
        Assert.That(chunks.Pieces.Length, Is.Zero);
    }

    [Test]
    public void ShouldKeepChunksApartThatAreObjectsOfTheirOwn()
    {
        var chunks = new InPlaceChunks(pieces: 4, chunks: 3, alignment: Page);
        chunks.Begin(apart: true);
        Assert.That(chunks.TryAdd(Chunk(10, [0x10000, 0x1000a])), Is.True);
        Assert.That(chunks.TryAdd(Chunk(10, [0x10014])), Is.True);
        Assert.That(chunks.Chunk(0).ToArray(), Is.EqualTo((MemoryRange[])[new(0x10000, 20)]));
        Assert.That(chunks.Chunk(1).ToArray(), Is.EqualTo((MemoryRange[])[new(0x10014, 10)]), "it touches the chunk before it");
        Assert.That(chunks.PaysOff, Is.True, "each is one piece, and only shards are written in blocks");
        Assert.That(chunks.TryAdd(Chunk(10, [0x20000, 0x30000])), Is.True);
        Assert.That(chunks.Chunk(2).ToArray(), Is.EqualTo((MemoryRange[])[new(0x20000, 10), new(0x30000, 10)]));
        Assert.That(chunks.PaysOff, Is.False, "the third is a chunk of many small pieces");
    }

    [TestCase(Page, 2, ExpectedResult = true, TestName = "ShouldWriteAChunkFromItsFrames")]
    [TestCase(1000, 2000, ExpectedResult = false, TestName = "ShouldGatherAChunkOfManySmallPieces")]
    public bool ShouldTakeTheFasterWay(int planeBytes, int planes)
    {
        var chunks = new InPlaceChunks(planes, chunks: 1, alignment: 1);
        Assert.That(chunks.TryAdd(Chunk(planeBytes, [.. Enumerable.Range(1, planes).Select(plane => (long)plane << 30)])),
            Is.True);
        return chunks.PaysOff;
    }

    [TestCase(Page, 0, ExpectedResult = true, TestName = "ShouldWriteWholeBlocksPastThePageCacheFromTheirFrames")]
    [TestCase(Page, 512, ExpectedResult = false, TestName = "ShouldGatherWhatBeginsBesideABlock")]
    [TestCase(Page - 1, 0, ExpectedResult = false, TestName = "ShouldGatherWhatEndsWithinABlock")]
    public bool ShouldKeepToTheStoresBlocks(int planeBytes, int beside)
    {
        var chunks = new InPlaceChunks(pieces: 2, chunks: 1, Page);
        Assert.That(chunks.TryAdd(Chunk(planeBytes, [0x100000, 0x200000 + beside])), Is.True);
        return chunks.PaysOff;
    }

    [Test]
    public void ShouldLeaveWhatDoesNotLieThereAsTheFileWantsIt()
    {
        var chunks = new InPlaceChunks(pieces: 2, chunks: 1, alignment: 1);
        ChunkPlane[] planes = [new(0x10000, 100), ChunkPlane.Missing];
        Assert.That(chunks.TryAdd(Rows(planes, rows: 2, rowBytes: 100)), Is.False, "a frame is missing");
        planes[1] = new ChunkPlane(0x20000, 128);
        Assert.That(chunks.TryAdd(Rows(planes, rows: 2, rowBytes: 100)), Is.False, "rows are apart");
        planes[1] = new ChunkPlane(0x20000, 100);
        Assert.That(chunks.TryAdd(Rows(planes, rows: 2, rowBytes: 100) with { ValidRows = 1 }), Is.False,
            "the tile ends beyond the array");
        chunks.Begin(apart: false);
        Assert.That(chunks.TryAdd(Chunk(10, [0x10000, 0x20000, 0x30000])), Is.False, "too many pieces");
    }

    private FileSystemStore Open(string name, bool unbuffered) =>
        new(Path.Join(_folder, name), new FileSystemOptions { Unbuffered = unbuffered });

    private static void Write(AcquisitionPlan plan, FileSystemStore store, bool[] comes)
    {
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, 2), store);
        for (var frame = 0; frame < comes.Length; frame++)
        {
            if (!comes[frame])
            {
                Assert.That(session.Skip(1).Status, Is.EqualTo(AppendStatus.Ok));
                continue;
            }

            fixed (byte* pixels = Acquisition.Pixels(plan, frame))
            {
                var outcome = session.Append(
                    new FrameInput { Pixels = pixels, Bytes = (ulong)plan.FrameBytes, Index = FrameInput.NextIndex });
                Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
            }
        }

        session.BeginFinalize();
        Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True);
        Assert.That(session.Fault, Is.Null);
    }

    // Only addresses: none of it is read.
    private static ChunkPixels Chunk(int planeBytes, long[] planes) =>
        Rows([.. planes.Select(first => new ChunkPlane((nint)first, planeBytes))], rows: 1, planeBytes);

    private static ChunkPixels Rows(ChunkPlane[] planes, int rows, int rowBytes) => new()
    {
        Planes = planes,
        PlaneRows = rows,
        RowBytes = rowBytes,
        ValidRows = rows,
        ValidRowBytes = rowBytes,
    };
}
