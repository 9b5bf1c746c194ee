using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Reading.Arrays;
using OmeZarr.Stores;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Reading.Tests;

/// <summary>What the data plane writes, read back.</summary>
public unsafe class WrittenTests
{
    private const int GuardMs = 120_000;

    [Test]
    public void ShouldReadEveryPixelAndTellWhatIsMissingWhateverTheLayout() => Prop.ForAll(
        Streaming.Tests.Acquisition.Any, acquisition =>
        {
            var isNewer = acquisition.Comes.Length % 2 == 0;
            acquisition.Settings["ome_zarr_version"] = isNewer ? "0.6" : "0.5";
            var plan = acquisition.Plan;
            using var dataset = Dataset.Open(Written(acquisition, plan));
            Assert.That(dataset.Version, Is.EqualTo(isNewer ? "0.6rc0" : "0.5"));
            Assert.That(dataset.Kind, Is.EqualTo(DatasetKind.Image));
            Assert.That(dataset.Own!.IsComplete, Is.True);
            var image = dataset.Image(0);
            Assert.That(image.Axes.Select(axis => axis.Name), Is.EqualTo(plan.Axes.Select(axis => axis.Name)));
            Assert.That(image.Levels, Has.Length.EqualTo(plan.Cameras[0].Levels.Length));
            var expected = acquisition.Expected(plan, out var shape);
            Assert.That(image.Levels[0].Array.Metadata.Shape, Is.EqualTo(shape));
            var found = new byte[expected.Length];
            image.Levels[0].Array.Read(Region.Whole(shape), found);
            Assert.That(found.AsSpan().SequenceEqual(expected), Is.True, $"{acquisition}");
            AssertPlanes(image.Levels[0], expected, plan);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    private static void AssertPlanes(ImageLevel level, byte[] expected, AcquisitionPlan plan)
    {
        var plane = new byte[plan.Cameras[0].FrameBytes];
        for (var number = 0; number < level.Planes; number++)
        {
            level.Array.Read(level.Plane(level.IndicesOf(number)), plane);
            Assert.That(plane.AsSpan().SequenceEqual(expected.AsSpan(number * plane.Length, plane.Length)), Is.True,
                $"plane {number}");
        }
    }

    private static MemoryStore Written(Streaming.Tests.Acquisition acquisition, AcquisitionPlan plan)
    {
        var store = new MemoryStore();
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        for (var frame = 0; frame < acquisition.Comes.Length; frame++)
        {
            fixed (byte* pixels = Streaming.Tests.Acquisition.Pixels(plan, frame))
            {
                var bytes = (ulong)plan.Cameras[0].FrameBytes;
                var input = new FrameInput { Pixels = pixels, Bytes = bytes, Index = FrameInput.NextIndex };
                var outcome = acquisition.Comes[frame] ? session.Pipelines[0].Append(input) : session.Pipelines[0].Skip(1);
                Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
            }
        }

        session.BeginFinalize();
        Assert.That(session.WaitForEnd(GuardMs), Is.True);
        Assert.That(session.Fault, Is.Null);
        return store;
    }
}
