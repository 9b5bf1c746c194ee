using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Streaming.Tests.PixelFormats;

namespace OmeZarr.Streaming.Tests.Resuming;

/// <summary>An acquisition that is interrupted and gone on with ends as one that is not.</summary>
public class ResumeTests
{
    [Test]
    public void ShouldEndAsAnImageThatWasNeverInterrupted() => Check(Acquisition.Any, 80, RunOf);

    [Test]
    public void ShouldEndAsACollectionThatWasNeverInterrupted() => Check(RandomCollections.Any, 50, RunOf);

    [Test]
    public void ShouldEndAsCamerasThatWereNeverInterrupted() => Check(CameraSet.Any, 30, RunOf);

    [Test]
    public void ShouldEndAsPackedFramesThatWereNeverInterrupted() => Check(PackedAcquisition.Any, 40, RunOf);

    [Test]
    public void ShouldLeaveTheSameFilesAsWithoutAnInterruption() => Prop.ForAll(Seeded(RandomCollections.Any), given =>
    {
        var folder = Directory.CreateTempSubdirectory("omezarr-").FullName;
        try
        {
            var run = RunOf(given.Item1, new Random(given.Seed));
            var dataset = Path.Join(folder, "dataset");
            run.InterruptedIn(dataset);
            StoredDataset.AssertEqual(StoredDataset.Of(dataset), StoredDataset.Of(run.Whole()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    /// <summary>
    /// Ended by somebody who has none of its frames, a dataset has every frame that was stored, also beyond its shapes, and every
    /// level has them: as if only these had come.
    /// </summary>
    [Test]
    public void ShouldHaveEverythingThatWasStoredAtEveryLevelOnceAKilledOneIsEnded() => Prop.ForAll(
        Seeded(RandomCollections.Any), given =>
    {
        var random = new Random(given.Seed);
        var plan = given.Item1.Plan;
        InterruptedRun RunOf(bool[] comes) => new(resume => Plan(given.Item1.Settings, resume),
            [GivenCamera.Bare(comes, frame => Acquisition.Pixels(plan, frame))], random);

        var run = RunOf(given.Item1.Comes);
        var store = run.Killed();
        var stored = StoredDataset.FramesOf(plan, store, given.Item1.Comes.Length);
        run.Rescue(store);
        var own = JsonNode.Parse(store.Get("zarr.json")!)!["attributes"]!["omezarr_native"]!;
        // A frame that was skipped, and not told to be missing before the kill, cannot be told from a black one.
        bool[] kept = [.. StoredDataset.FramesThatAreThere(own).Select((isThere, frame) => isThere && given.Item1.Comes[frame])];
        Assert.That(kept.Index().Where(frame => frame.Item).Select(frame => frame.Index), Is.EqualTo(stored));
        Assert.That((long)own["frames_stored"]!,
            Is.EqualTo(StoredDataset.FramesThatAreThere(own).Count(isThere => isThere)));
        Assert.That((string?)own["reason"], Is.EqualTo("killed"));
        StoredDataset.AssertHasArrays(StoredDataset.Of(store), StoredDataset.Of(RunOf(kept).Whole()));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(80));

    private static void Check<T>(Arbitrary<T> any, int tests, Func<T, Random, InterruptedRun> runOf) =>
        Prop.ForAll(Seeded(any), given =>
        {
            var run = runOf(given.Item1, new Random(given.Seed));
            StoredDataset.AssertEqual(StoredDataset.Of(run.Interrupted()), StoredDataset.Of(run.Whole()));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(tests));

    private static Arbitrary<(T, int Seed)> Seeded<T>(Arbitrary<T> any) => (
        from given in any.Generator
        from seed in Gen.Choose(0, int.MaxValue)
        select (given, seed)).ToArbitrary();

    private static InterruptedRun RunOf(Acquisition acquisition, Random random)
    {
        var plan = acquisition.Plan;
        return new InterruptedRun(resume => Plan(acquisition.Settings, resume),
            [GivenCamera.Of(acquisition.Comes, random, frame => Acquisition.Pixels(plan, frame))], random);
    }

    private static InterruptedRun RunOf(CameraSet set, Random random)
    {
        var plan = set.Plan;
        return new InterruptedRun(resume => Plan(set.Document, resume), [.. set.Cameras.Select((camera, i) =>
            GivenCamera.Of(camera.Comes, random, frame => Acquisition.Pixels(plan.Cameras[i], frame)))], random);
    }

    private static InterruptedRun RunOf(PackedAcquisition packed, Random random) => new(
        resume => Plan(packed.Settings, resume),
        [
            GivenCamera.Of(packed.Comes, random, frame => packed.Frame((int)frame),
                packed.Stride.OfFrame ? packed.Stride.Bytes : 0),
        ], random);

    private static AcquisitionPlan Plan(JsonObject settings, bool resume)
    {
        var document = settings.DeepClone().AsObject();
        document["resume"] = resume;
        return AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(document.ToJsonString()));
    }
}
