using System.Runtime.InteropServices;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Tests;

/// <summary>Frames whose rows lie gigabytes apart: no offset on their way has 32 bits.</summary>
[Platform("Linux", Reason = "the memory is reserved by mmap and never touched but for its rows")]
public sealed unsafe partial class LargeFrameTests
{
    private const int Rows = 3;
    private const long Stride = (3L << 30) + 4096;

    [TestCase("uint16", "uint16")]
    [TestCase("mono12p", "uint16")]
    [TestCase("bgr8", "uint8")]
    public void ShouldStoreRowsThatLieGigabytesApart(string format, string type)
    {
        var channels = format == "bgr8" ? "c=3 " : "";
        var plan = Given.Plan($"t=3 {channels}y={Rows}/2 x=40/32", more: $"\"frame\": {{\"pixel_format\": \"{format}\"}}",
            type: type);
        var store = new MemoryStore();
        using var memory = new Reserved(Stride * Rows);
        using (var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store))
        {
            for (var row = 0; row < Rows; row++)
                new Span<byte>(memory.First + row * Stride, (int)plan.FrameRowBytes).Fill((byte)(0x11 * (row + 1)));
            var input = new FrameInput
            {
                Pixels = memory.First,
                Bytes = (ulong)(Stride * (Rows - 1) + plan.FrameRowBytes),
                RowStride = Stride,
                Index = FrameInput.NextIndex,
            };
            Assert.That(session.Append(input).Status, Is.EqualTo(AppendStatus.Ok));
            Assert.That(session.AppendBorrowed(input, 1).Status, Is.EqualTo(AppendStatus.Ok));
            Assert.That(session.AppendBorrowed(input, 2).Status, Is.EqualTo(AppendStatus.Ok));
            session.BeginFinalize();
            Assert.That(session.WaitForEnd(60_000), "finalize did not end");
            Assert.That(session.Fault, Is.Null);
        }

        using var reader = ArrayReader.Open(store.Get, plan.Arrays[0].Path);
        var rowBytes = 40 * plan.DataType.Size();
        Assert.That(reader.ReadAll(),
            Is.EqualTo(Enumerable.Range(0, 3 * plan.PixelFormat.Planes()).SelectMany(_ => Stored(format, rowBytes))));
    }

    private static IEnumerable<byte> Stored(string format, int rowBytes) =>
        from row in Enumerable.Range(1, Rows)
        from at in Enumerable.Range(0, rowBytes)
        select (byte)(format == "mono12p" && at % 2 == 1 ? row : 0x11 * row);

    [Test]
    public void ShouldRefuseABudgetThatCannotHoldFramesLargerThanAnyMemory()
    {
        var plan = Given.Plan("t=? y=2000000000/16 x=2000000000/16");
        Assert.That(() => MemoryPlan.For(plan, processors: 2), Throws.TypeOf<MemoryBudgetException>());
    }

    /// <summary>Address space that costs memory only where it is touched.</summary>
    private sealed partial class Reserved : IDisposable
    {
        private readonly long _length;

        public Reserved(long length)
        {
            const int readWrite = 3, privateAnonymousNoReserve = 0x4022;
            _length = length;

            // SAFETY: a fresh mapping, unmapped in Dispose.
            First = (byte*)MMap(null, (nuint)length, readWrite, privateAnonymousNoReserve, -1, 0);
            if (First == (byte*)-1)
                throw new InvalidOperationException("the address space could not be reserved");
        }

        public byte* First { get; }

        public void Dispose() => _ = MUnmap(First, (nuint)_length);

        [LibraryImport("libc", EntryPoint = "mmap")]
        private static partial void* MMap(void* address, nuint length, int protection, int flags, int file, nint offset);

        [LibraryImport("libc", EntryPoint = "munmap")]
        private static partial int MUnmap(void* address, nuint length);
    }
}
