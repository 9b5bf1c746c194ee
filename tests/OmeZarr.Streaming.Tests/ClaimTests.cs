using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Tests.Pyramid;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Tests;

/// <summary>After any failure the metadata claims what readers find, and tells what is missing.</summary>
public class ClaimTests
{
    private const StoreOperation Anything =
        StoreOperation.Put | StoreOperation.Create | StoreOperation.Append
            | StoreOperation.PublishFooter | StoreOperation.Complete | StoreOperation.Sync;

    private static readonly Arbitrary<(Acquisition Acquisition, Failure Failure)> Failing = (
        from acquisition in Gen.OneOf(Acquisition.Any.Generator, RandomCollections.Any.Generator)
        from operations in Gen.Elements(Anything, Anything, StoreOperation.Put, StoreOperation.Append,
            StoreOperation.PublishFooter, StoreOperation.Complete, StoreOperation.Create)
        from successes in Gen.Choose(0, 80)
        from failures in Gen.Elements(int.MaxValue, int.MaxValue, 1)
        from every in Gen.Choose(1, 8)
        from hides in Gen.Elements(0, 0, 1, 2)
        from aborts in Gen.Elements(true, false)
        select (acquisition, new Failure(operations, successes, failures, every, hides, aborts))).ToArbitrary();

    [Test]
    public void ShouldClaimNothingThatReadersDoNotFindWhateverFails() => Prop.ForAll(Failing, failing =>
    {
        using var run = new Run(failing.Acquisition, failing.Failure);
        run.Record();
        run.AssertClaims();
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    /// <summary>From the first operation on, from the second, and so on until none is left to fail.</summary>
    [TestCase("t=?/2*3 y=4/2*1 x=4/4*1", 2)]
    [TestCase("t=?/1*8 c=2/1*1 y=4/4*1 x=4/4*1", 3)]
    [TestCase("t=?/1 y=4/4 x=4/4", 2)]
    [TestCase("t=9/2*2 y=4/2*2 x=4/4*1", 1)]
    public void ShouldClaimNothingThatReadersDoNotFindWhereverTheStoreEnds(string dimensions, int levels)
    {
        for (var (n, failed) = (0, true); failed; n++)
        {
            foreach (var aborts in new[] { false, true })
            {
                var acquisition = Given.Acquisition(dimensions, levels, frames: 9);
                using var run = new Run(acquisition, new Failure(Anything, n, int.MaxValue, Every: 2, Hides: 0, aborts));
                run.Record();
                run.AssertClaims();
                failed = run.HasFailed;
            }
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void ShouldNotClaimAShardWhoseIndexCannotBeShownBeforeItIsComplete(bool failsToComplete)
    {
        var acquisition = Given.Acquisition("t=?/1*16 y=4/4*1 x=4/4*1", levels: 2, frames: 10);
        using var run =
            new Run(acquisition, new Failure(StoreOperation.Complete, failsToComplete ? 0
            : int.MaxValue, int.MaxValue, Every: 3, Hides: 1, Aborts: false));
        run.Record();
        run.AssertClaims();
        Assert.That(run.Length, Is.EqualTo(failsToComplete ? 0 : 10));
        Assert.That((long)run.Own["frames_stored"]!, Is.EqualTo(failsToComplete ? 0 : 10));
    }

    /// <param name="Operations">What fails.</param>
    /// <param name="Successes">How many of these succeed before.</param>
    /// <param name="Failures">How many fail.</param>
    /// <param name="Every">Frames from one flush to the next.</param>
    /// <param name="Hides">Of how many publications one cannot be shown; 0: each can, 1: none.</param>
    /// <param name="Aborts">Whether it is aborted in the end.</param>
    private sealed record Failure(StoreOperation Operations, int Successes, int Failures, int Every, int Hides, bool Aborts);

    private sealed class Run : IDisposable
    {
        private readonly Acquisition _acquisition;
        private readonly Failure _failure;
        private readonly AcquisitionPlan _plan;
        private readonly CameraPlan _camera;
        private readonly MemoryStore _memory = new();
        private readonly FlakyStore _store;
        private readonly AcquisitionSession _session;
        private int _taken;

        public Run(Acquisition acquisition, Failure failure)
        {
            _acquisition = acquisition;
            _failure = failure;
            _plan = acquisition.Plan;
            _camera = _plan.Cameras[0];
            _store = new FlakyStore(new HidingStore(_memory, failure.Hides));
            _session = AcquisitionSession.Start(_plan, MemoryPlan.For(_plan, processors: 2), _store);
            _store.FailOn(failure.Operations, StoreErrorKind.NoSpace, failure.Successes, failure.Failures);
        }

        public bool HasFailed => _store.Failures > 0;

        public JsonObject Own =>
            JsonNode.Parse(_memory.Get("zarr.json"))!["attributes"]![DatasetMetadata.OwnNamespace]!.AsObject();

        public long Length => LengthOf(_camera.Levels[0], 0);

        private int Axis => _camera.Router.UnboundedAxis;

        public unsafe void Record()
        {
            for (; _taken < _acquisition.Comes.Length; _taken++)
            {
                AppendOutcome outcome;
                fixed (byte* pixels = Acquisition.Pixels(_camera, _taken))
                {
                    outcome = _acquisition.Comes[_taken]
                        ? _session.Append(
                            new FrameInput { Pixels = pixels, Bytes = (ulong)_camera.FrameBytes, Index = FrameInput.NextIndex })
                        : _session.Skip(1);
                }

                if (outcome.Status != AppendStatus.Ok)
                    break;
                if ((_taken + 1) % _failure.Every == 0)
                    Assert.That(_session.Flush(Recording.GuardMs), Is.True);
            }

            if (_failure.Aborts)
                _session.BeginAbort();
            else
                _session.BeginFinalize();
            Assert.That(_session.WaitForEnd(Recording.GuardMs), Is.True);
        }

        public void AssertClaims()
        {
            Assert.That(_session.Fault is not null, Is.EqualTo(HasFailed));
            for (var image = 0; image < _camera.Images.Length; image++)
                AssertImage(image);
            // The root may be of an earlier publication, and is true of what was there then.
            var shown = Enumerable.Range(0, _taken).Count(frame => _acquisition.Comes[frame] && IsRight(frame));
            Assert.That((long)Own["frames_stored"]!, Is.LessThanOrEqualTo(shown), $"{_acquisition}");
            Assert.That((bool)Own["complete"]!,
                Is.EqualTo(!HasFailed && !_failure.Aborts && (_camera.EndingAxis >= 0 || _taken == _camera.Router.TotalFrames)));
            if (Own["ended"] is null)
                return;
            Assert.That((string?)Own["ended"], Is.EqualTo(HasFailed ? DatasetOutcome.Failed : _failure.Aborts
                ? DatasetOutcome.Aborted : DatasetOutcome.Finalized));
            Assert.That((string?)Own["error"], Is.EqualTo(_session.Fault?.Message));
            AssertMissing();
        }

        public void Dispose()
        {
            _store.Heal();
            _session.Dispose();
        }

        // Every frame that was taken is right, or told to be missing, or the shapes end before it.
        private void AssertMissing()
        {
            var missing = (Own["missing_frames"]?.AsArray() ?? []).Select(run => (First: (long)run![0]!, Count: (long)run[1]!))
                .ToArray();
            Assert.That(missing.Zip(missing.Skip(1)).All(pair => pair.First.First + pair.First.Count < pair.Second.First),
                Is.True, "in order, and apart");
            var told = missing.Length == 0 ? 0 : missing[^1].First + missing[^1].Count;
            for (var frame = 0; frame < _taken; frame++)
            {
                var isTold = missing.Any(run => run.First <= frame && frame < run.First + run.Count);
                if (!_acquisition.Comes[frame])
                    Assert.That(isTold || frame >= told, Is.True, $"frame {frame} was skipped");
                else if (!isTold && IsClaimed(frame))
                    Assert.That(IsRight(frame), Is.True,
                        $"frame {frame} is claimed, and {missing.Length} runs do not tell that it is missing: {_acquisition}");
            }
        }

        private void AssertImage(int image)
        {
            if (Axis < 0)
                return;
            var levels = _camera.Levels.Where(level => level.Factors[Axis] == 1).ToArray();
            var longest = levels.Max(level => LengthOf(level, image));
            var full = _camera.Arrays[image];
            long[] shape = [.. full.Shape];
            shape[Axis] = longest;
            var pixels = Expected(image, shape);
            foreach (var level in levels)
            {
                if (level.Number > 0)
                    (pixels, shape) = NaiveLevel.Of(_camera.DataType, _camera.Settings.Pyramid.Method, pixels, shape, level.Step);
                using var reader = ArrayReader.Open(_memory.Get, level.Arrays[image].Path);
                var expected = Crop(pixels, shape, reader.Shape[Axis]);
                Assert.That(
                    NaiveLevel.AreEqual(_camera.DataType, reader.ReadAll(), expected), Is.True,
                    $"level {level.Number} of image {image} claims {reader.Shape[Axis]}: {_acquisition} {_failure}");
            }

            foreach (var level in _camera.Levels.Except(levels))
                Assert.That(LengthOf(level, image),
                    Is.LessThanOrEqualTo(level.LengthAlong(Axis, _camera.Router.UnboundedExtent(_taken))));
        }

        private byte[] Expected(int image, long[] shape)
        {
            var pixels = new byte[shape.Aggregate(1L, (a, b) => a * b) * _camera.DataType.Size()];
            var index = new long[_camera.Router.FrameAxes];
            for (var frame = 0; frame < _taken; frame++)
            {
                if (!_acquisition.Comes[frame] || _camera.Router.Locate(frame, index) != image || index[Axis] >= shape[Axis])
                    continue;
                long linear = 0;
                for (var axis = 0; axis < index.Length; axis++)
                    linear = linear * shape[axis] + index[axis];
                Acquisition.Pixels(_camera, frame).CopyTo(pixels, linear * _camera.FrameBytes);
            }

            return pixels;
        }

        private byte[] Crop(byte[] pixels, long[] shape, long length)
        {
            var inner = shape[(Axis + 1)..].Aggregate((long)_camera.DataType.Size(), (a, b) => a * b);
            var outer = shape[..Axis].Aggregate(1L, (a, b) => a * b);
            var cropped = new byte[outer * length * inner];
            for (var i = 0; i < outer; i++)
                pixels.AsSpan((int)(i * shape[Axis] * inner), (int)(length * inner))
                    .CopyTo(cropped.AsSpan((int)(i * length * inner)));
            return cropped;
        }

        private long LengthOf(LevelPlan level, int image)
        {
            using var reader = ArrayReader.Open(_memory.Get, level.Arrays[image].Path);
            return Axis < 0 ? 0 : reader.Shape[Axis];
        }

        private bool IsClaimed(long frame) => Read(frame) is not null;

        private bool IsRight(long frame) =>
            Read(frame) is { } pixels && pixels.AsSpan().SequenceEqual(Acquisition.Pixels(_camera, frame));

        private byte[]? Read(long frame)
        {
            var origin = new long[_camera.Router.FrameAxes + 2];
            var image = _camera.Router.Locate(frame, origin);
            using var reader = ArrayReader.Open(_memory.Get, _camera.Arrays[image].Path);
            if (origin.Index().Any(at => at.Item >= reader.Shape[at.Index]))
                return null;
            var pixels = new byte[_camera.FrameBytes];
            reader.Read(origin, [.. reader.Shape.Select((length, axis) => axis < _camera.Router.FrameAxes ? 1 : length)], pixels);
            return pixels;
        }
    }
}
