using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Tests.Pyramid;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Tests.Codecs;

namespace OmeZarr.Streaming.Tests.PixelFormats;

public sealed unsafe class PixelFormatTests
{
    [Test]
    public void ShouldStoreUnpackedPixelsWhateverTheLayout() => Prop.ForAll(PackedAcquisition.Any, acquisition =>
    {
        var plan = acquisition.Plan;
        var store = new MemoryStore();
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        var lent = new List<GuardedMemory>();
        for (var frame = 0; frame < acquisition.Comes.Length; frame++)
        {
            var outcome = acquisition.Comes[frame] ? HandOver(session, acquisition, frame, lent) : session.Skip(1);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
        }

        session.BeginFinalize();
        Assert.That(session.WaitForEnd(60_000), "finalize did not end");
        Assert.That(session.Fault, Is.Null);
        lent.ForEach(memory => memory.Dispose());
        var appended = acquisition.Comes.Count(comes => comes);
        Assert.That(session.Stats().FramesAppended, Is.EqualTo(appended));
        Assert.That(session.Stats().FramesWritten, Is.EqualTo(appended));
        using var reader = ArrayReader.Open(store.Get, plan.Arrays[0].Path);
        var expected = acquisition.Expected(out var shape);
        Assert.That(reader.Shape, Is.EqualTo(shape));
        Assert.That(reader.ReadAll().AsSpan().SequenceEqual(expected), Is.True, $"pixels differ: {acquisition}");
        StoredLevels.AssertMadeFrom(plan.Cameras[0], 0, expected, shape, store, $"{acquisition}");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Test]
    public void ShouldTakeFramesOfTheSizeTheirFormatHas()
    {
        var plan = Plan("mono12p", "uint16");
        Assert.That(plan.FrameBytes, Is.EqualTo(3 * 8), "five pixels of 12 bits are eight bytes");
        using var session = Start(plan);
        Assert.That(Append(session, 24).Status, Is.EqualTo(AppendStatus.Ok));
        Assert.That(Append(session, 30).Status, Is.EqualTo(AppendStatus.FrameSize));
        Assert.That(Append(session, 23).Status, Is.EqualTo(AppendStatus.FrameSize));
        Assert.That(Append(session, 24, stride: 7).Status, Is.EqualTo(AppendStatus.FrameSize));
        Assert.That(Append(session, 26, stride: 9).Status, Is.EqualTo(AppendStatus.Ok));
    }

    [TestCase("mono10p", 40)]
    [TestCase("mono12p", 40)]
    [TestCase("mono12packed", 40)]
    public void ShouldRefuseUnpackedPixelsAsPackedOnes(string format, int stride)
    {
        var plan = Plan(format, "uint16", width: 20);
        using var session = Start(plan);
        var outcome = Append(session, 2 * stride + 40, stride);
        Assert.That(outcome.Status, Is.EqualTo(AppendStatus.FrameSize));
        Assert.That(outcome.Message,
            Does.Contain($"{stride} bytes").And.Contain(format).And.Contain("40 unpacked").And.Contain("frame.row_stride"));
        foreach (var padded in new[] { 39, 64 })
            Assert.That(Append(session, 2 * padded + 30, padded).Status, Is.EqualTo(AppendStatus.Ok),
                "padding that is none of unpacked pixels");
        using var declared = Start(Plan(format, "uint16", $"\"row_stride\": {stride}", width: 20));
        Assert.That(Append(declared, 3 * stride, stride).Status, Is.EqualTo(AppendStatus.Ok));
    }

    [TestCase("rgb8", "uint8", 80)]
    [TestCase("bgr8", "uint8", 80)]
    [TestCase("rgb16", "uint16", 160)]
    [TestCase("bgr16", "uint16", 160)]
    public void ShouldRefuseFourNumbersAsThreeColours(string format, string type, int stride)
    {
        using var session = Start(Plan(format, type, $"\"slot_bytes\": {4 * stride}", width: 20));
        var outcome = Append(session, 3 * stride, stride);
        Assert.That(outcome.Status, Is.EqualTo(AppendStatus.FrameSize));
        Assert.That(outcome.Message, Does.Contain("row_stride").And.Contain(format).And.Contain("four numbers"));
        outcome = Append(session, 3 * stride);
        Assert.That(outcome.Status, Is.EqualTo(AppendStatus.FrameSize), "a frame of exactly that size");
        Assert.That(outcome.Message, Does.Contain("size_bytes").And.Contain("four numbers"));
        Assert.That(Append(session, 3 * stride + 1).Status, Is.EqualTo(AppendStatus.Ok), "what follows the pixels in a slot");
        Assert.That(Append(session, 3 * stride + 8, stride + 1).Status, Is.EqualTo(AppendStatus.Ok), "padding");
        using var declared = Start(Plan(format, type, $"\"row_stride\": {stride}", width: 20));
        Assert.That(Append(declared, 3 * stride).Status, Is.EqualTo(AppendStatus.Ok));
    }

    [Test]
    public void ShouldTakeRowsAsFarApartAsTheSettingsSay()
    {
        var plan = Plan("mono12p", "uint16", "\"row_stride\": 16");
        using var session = Start(plan);
        Assert.That(session.SlotBytes, Is.GreaterThanOrEqualTo(48), "whole rows, as cameras write them");
        Assert.That(Append(session, 2 * 16 + 8).Status, Is.EqualTo(AppendStatus.Ok), "up to the last pixel");
        Assert.That(Append(session, 3 * 16).Status, Is.EqualTo(AppendStatus.Ok), "with the last row's padding");
        Assert.That(Append(session, 3 * 16 + 1).Status, Is.EqualTo(AppendStatus.FrameSize));
        Assert.That(Append(session, 2 * 16 + 7).Status, Is.EqualTo(AppendStatus.FrameSize));
    }

    [Test]
    public void ShouldTakeWhatFollowsThePixelsInSlotsThatAreDeclaredLarger()
    {
        var plan = Plan("rgb8", "uint8", "\"slot_bytes\": 100000");
        using var session = Start(plan);
        Assert.That(session.SlotBytes, Is.GreaterThanOrEqualTo(100_000));
        Assert.That(Append(session, 45).Status, Is.EqualTo(AppendStatus.Ok));
        Assert.That(Append(session, 100_000).Status, Is.EqualTo(AppendStatus.Ok));
        Assert.That(Append(session, 100_001).Status, Is.EqualTo(AppendStatus.FrameSize));
        Assert.That(session.AcquireSlot(0, out var slot).Status, Is.EqualTo(AppendStatus.Ok));
        var frame = new FrameInput { Pixels = (byte*)session.SlotAddress(slot), Bytes = 100_000, Index = FrameInput.NextIndex };
        Assert.That(session.CommitSlot(slot, frame).Status, Is.EqualTo(AppendStatus.Ok));
    }

    [Test]
    public void ShouldReleaseAColourFrameWhoseStreamFails()
    {
        var store = new FlakyStore(new MemoryStore());
        store.FailOn(StoreOperation.Put | StoreOperation.Append, afterSuccesses: 5);
        var plan = Plan("rgba8", "uint8");
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 1), store);
        var outcome = AppendOutcome.Ok;
        for (var frame = 0; frame < 1000 && outcome.Status == AppendStatus.Ok; frame++)
            outcome = Append(session, 60);
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(60_000), "finalize did not end");
        Assert.That(session.Fault, Is.Not.Null);
        Assert.That(session.Stats().RingOccupancy, Is.Zero, "every slot is free again");
    }

    private static AppendOutcome HandOver(AcquisitionSession session, PackedAcquisition acquisition, int number,
        List<GuardedMemory> lent)
    {
        var pixels = acquisition.Frame(number);
        var (stride, ofFrame) = acquisition.Stride;
        var input = new FrameInput
        {
            Pixels = null,
            Bytes = (ulong)pixels.Length,
            RowStride = ofFrame ? (ulong)stride : 0,
            Index = FrameInput.NextIndex,
        };
        var inSlot = acquisition.HandOver == PixelFormats.HandOver.InSlots && pixels.Length <= session.SlotBytes;
        if (inSlot)
        {
            Assert.That(session.AcquireSlot(-1, out var slot).Status, Is.EqualTo(AppendStatus.Ok));
            var first = (byte*)session.SlotAddress(slot);
            pixels.CopyTo(new Span<byte>(first, pixels.Length));
            return session.CommitSlot(slot, input with { Pixels = first });
        }

        var memory = new GuardedMemory(pixels);
        lent.Add(memory);
        fixed (byte* first = memory.Span)
        {
            input = input with { Pixels = first };
            return acquisition.HandOver == PixelFormats.HandOver.Borrowed
                ? session.AppendBorrowed(input, (ulong)number)
                : session.Append(input);
        }
    }

    private static AppendOutcome Append(AcquisitionSession session, int bytes, int stride = 0)
    {
        var pixels = new byte[bytes];
        fixed (byte* first = pixels)
            return session.Append(
                new FrameInput { Pixels = first, Bytes = (ulong)bytes, RowStride = (ulong)stride, Index = FrameInput.NextIndex });
    }

    private static AcquisitionSession Start(AcquisitionPlan plan) =>
        AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 1), new MemoryStore());

    /// <summary>Frames of 3 rows.</summary>
    private static AcquisitionPlan Plan(string format, string type, string more = "", int width = 5)
    {
        var colors = format == "rgba8" ? "c=4 " : format.StartsWith("mono", StringComparison.Ordinal) ? "" : "c=3 ";
        var frame = $"{{\"pixel_format\": \"{format}\"{(more.Length == 0 ? "" : ", " + more)}}}";
        return Given.Plan($"t=? {colors}y=3 x={width}", more: $"\"frame\": {frame}", type: type);
    }
}
