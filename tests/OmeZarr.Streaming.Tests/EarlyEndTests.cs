using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Tests.Pyramid;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests;

/// <summary>
/// After any end, the shape, the missing frames and <c>complete</c> agree: every frame that the shape has room for is there, or
/// is told to be missing.
/// </summary>
public class EarlyEndTests
{
    private const int MostFrames = 400;

    /// <summary>How a random acquisition ends.</summary>
    public enum Ending
    {
        Finalized,
        Aborted,
        Failed,
    }

    [TestCase("t=100/1", 33, "33,4,4")]
    [TestCase("t=100/8*2", 33, "33,4,4")]
    [TestCase("t=100/1 c=2/1", 67, "34,2,4,4", "[[67,1]]")]
    [TestCase("p=1 t=100/1", 33, "33,4,4")]
    [TestCase("z=100/1", 33, "33,4,4")]
    [TestCase("angle=100/1", 33, "33,4,4")]
    [TestCase("c=100/1", 33, "100,4,4", "[[33,67]]", false)]
    [TestCase("t=100/1", 0, "1,4,4", "[[0,1]]")]
    [TestCase("t=100/1 z=3/1", 0, "1,3,4,4", "[[0,3]]")]
    [TestCase("t=?/1", 0, "1,4,4", "[[0,1]]")]
    [TestCase("t=?/2 c=2/1", 0, "1,2,4,4", "[[0,2]]")]
    [TestCase("t=?/2 c=2/1", 3, "2,2,4,4", "[[3,1]]")]
    [TestCase("t=100/1", 100, "100,4,4")]
    public void ShouldEndWithWhatCame(string dimensions, int frames, string shape, string? missing = null, bool complete = true)
    {
        using var recording = new Recording($"{dimensions} y=4 x=4");
        recording.AppendFirst(frames);
        recording.Finish();
        Assert.That(string.Join(',', recording.Shape), Is.EqualTo(shape));
        Assert.That(recording.Outcome["missing_frames"]?.ToJsonString(), Is.EqualTo(missing));
        Assert.That((bool)recording.Outcome["complete"]!, Is.EqualTo(complete));
        var isCut = !dimensions.Contains('?', StringComparison.Ordinal) && !shape.StartsWith("100", StringComparison.Ordinal);
        Assert.That((long?)recording.Outcome["frames_declared"],
            Is.EqualTo(isCut ? recording.Plan.Router.TotalFrames : null));
    }

    [Test]
    public void ShouldKeepTheDeclaredShapeWhenAskedTo()
    {
        using var recording = new Recording("t=100/1 y=4 x=4", more: "\"early_end\": \"keep\"");
        recording.AppendFirst(33);
        recording.Finish();
        Assert.That(recording.Shape[0], Is.EqualTo(100));
        Assert.That(recording.Outcome["missing_frames"]!.ToJsonString(), Is.EqualTo("[[33,67]]"));
        Assert.That((bool)recording.Outcome["complete"]!, Is.False);
    }

    [Test]
    public void ShouldKeepTheShapeWhereTheSlowestDimensionSelectsImages()
    {
        using var recording = new Recording("p=4 t=10/1 y=4 x=4");
        recording.AppendFirst(13);
        recording.Finish();
        Assert.That(recording.Shape[0], Is.EqualTo(10));
        Assert.That(recording.Outcome["missing_frames"]!.ToJsonString(), Is.EqualTo("[[13,27]]"));
    }

    [Test]
    public void ShouldCutBackEverythingThatDescribesTheAxis()
    {
        var coords = string.Join(',', Enumerable.Range(0, 100));
        var plan = AcquisitionPlanner.Plan(System.Text.Encoding.UTF8.GetBytes($$"""
            {"root_path": "memory", "dtype": "uint8", "ome_xml": true, "pipeline": {"workers": 2},
             "pyramid": {"levels": 3, "factors": {"z": 4} }, "omero": {"rdefs": {"defaultZ": 90} },
             "dimensions": [{"name": "z", "count": 100, "scale": 1, "coords": [{{coords}}]}, {"name": "y", "count": 16}, {"name": "x", "count": 16}]}
            """));
        using var recording = new Recording(plan);
        for (var frame = 0; frame < 3; frame++)
            Assert.That(recording.Append(frame,
                properties: new() { Has = Documents.FrameProperty.DeltaT, DeltaT = frame }).Status,
                Is.EqualTo(AppendStatus.Ok));
        recording.Finish();
        Assert.That(plan.Arrays.Select(array =>
            JsonNode.Parse(recording.Get($"{array.Path}/zarr.json")!)!["shape"]![0]!.GetValue<int>()),
            Is.EqualTo(new[] { 3, 1, 1 }));
        var ome = recording.Attributes["ome"]!;
        var scales = ome["multiscales"]![0]!["datasets"]!.AsArray()
            .Select(level => level!["coordinateTransformations"]![0]!["scale"]![0]!.GetValue<double>());
        Assert.That(scales, Is.EqualTo(new[] { 1.0, 4, 4 }), "one plane shrinks no further");
        Assert.That((int)ome["omero"]!["rdefs"]!["defaultZ"]!, Is.EqualTo(2));
        Assert.That(recording.Outcome["dimensions"]![0]!["coords"]!.ToJsonString(), Is.EqualTo("[0,1,2]"));
        Assert.That(System.Text.Encoding.UTF8.GetString(recording.Get("OME/METADATA.ome.xml")!), Does.Contain("SizeZ=\"3\""));
        Assert.That(JsonNode.Parse(recording.Get("OME/frame_metadata/delta_t/zarr.json")!)!["shape"]!.ToJsonString(),
            Is.EqualTo("[3]"));
        Assert.That(LevelIsRight(recording, plan.Cameras[0], level: 1), Is.True, "of the planes that exist");
    }

    // What a level's transformation was before is no addition of others'.
    [TestCase(0, """[{"type":"scale","scale":[1.0,1.0,1.0],"input":{"path":"1"},"output":{"name":"physical"}}]""")]
    [TestCase(2, """
        [{"type":"sequence","transformations":[{"type":"scale","scale":[2.0,1.0,1.0]},
          {"type":"translation","translation":[0.5,0.0,0.0]}],"input":{"path":"1"},"output":{"name":"physical"}}]
        """)]
    public void ShouldGiveALevelThatNoLongerShrinksAnotherTransformation(int frames, string transformations)
    {
        var plan = AcquisitionPlanner.Plan("""
            {"root_path": "memory", "dtype": "uint8", "ome_zarr_version": "0.6", "pyramid": {"levels": 2, "factors": {"z": 2} },
             "dimensions": [{"name": "z", "count": 4}, {"name": "y", "count": 1}, {"name": "x", "count": 1}]}
            """u8.ToArray());
        using var recording = new Recording(plan);
        for (var frame = 0; frame < frames; frame++)
            Assert.That(recording.Append(frame).Status, Is.EqualTo(AppendStatus.Ok));
        recording.Finish();
        var level = recording.Attributes["ome"]!["multiscales"]![0]!["datasets"]![1]!["coordinateTransformations"]!;
        Assert.That(level.ToJsonString(), Is.EqualTo(JsonNode.Parse(transformations)!.ToJsonString()));
    }

    [TestCase("t=100/1")]
    [TestCase("t=100/8*2")]
    [TestCase("t=100/4 c=2/1")]
    [TestCase("t=?/8*2")]
    public void ShouldClaimNothingThatAnAbortGaveUp(string dimensions)
    {
        using var recording = new Recording($"{dimensions} y=4 x=4");
        recording.AppendFirst(3);
        recording.Session.BeginAbort();
        recording.AssertEnds();
        AssertReaches(recording, recording.Plan.Cameras[0], [0, 1, 2]);
        Assert.That(recording.Shape[0], Is.LessThanOrEqualTo(3));
    }

    [Test]
    public void ShouldAgreeAfterAnyEnd()
    {
        var ends = from acquisition in Acquisition.Any.Generator
                   from taken in Gen.Choose(0, acquisition.Comes.Length)
                   from ending in Gen.Elements(Enum.GetValues<Ending>())
                   from keep in Gen.Elements(true, false)
                   from after in Gen.Choose(0, 30)
                   select (acquisition, taken, ending, keep, after);
        Prop.ForAll(ends.ToArbitrary(), end => AssertAgrees(end.acquisition, end.taken, end.ending, end.keep, end.after))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    private static void AssertAgrees(Acquisition acquisition, int taken, Ending ending, bool keep, int after)
    {
        acquisition.Settings["early_end"] = keep ? "keep" : "cut";
        var plan = acquisition.Plan;
        if (plan.Cameras.Length > 1 || plan.Cameras[0].Router.TotalFrames > MostFrames)
            return;
        var camera = plan.Cameras[0];
        using var recording = new Recording(plan);
        if (ending == Ending.Failed)
            recording.Store.FailOn(StoreOperation.Put | StoreOperation.Complete, afterSuccesses: after, failures: 1);
        var came = new List<long>();
        for (var frame = 0; frame < taken; frame++)
        {
            var isTaken = acquisition.Comes[frame];
            var outcome = isTaken ? recording.Append(frame) : recording.Session.Skip(1);
            if (outcome.Status != AppendStatus.Ok)
                break;
            if (isTaken)
                came.Add(frame);
        }

        if (ending == Ending.Aborted)
            recording.Session.BeginAbort();
        else
            recording.Session.BeginFinalize();
        recording.AssertEnds();
        if (ending == Ending.Failed && recording.Session.Fault is null)
            ending = Ending.Finalized;
        // The root may be what could not be written.
        if (recording.Outcome["ended"] is not null)
            AssertTold(recording, camera, came, ending);
    }

    private static void AssertTold(Recording recording, CameraPlan camera, List<long> came, Ending ending)
    {
        var own = recording.Outcome;
        var missing = (own["missing_frames"]?.AsArray() ?? [])
            .SelectMany(run => Enumerable.Range((int)run![0]!, (int)run[1]!).Select(frame => (long)frame)).ToHashSet();
        var index = new long[camera.Router.FrameAxes];
        var most = camera.Router.TotalFrames ?? MostFrames;
        for (long frame = 0; frame < most; frame++)
        {
            var image = camera.Router.Locate(frame, index);
            var shape = ShapeOf(recording, camera, image);
            if (index.Where((at, axis) => at >= shape[axis]).Any())
            {
                if (ending != Ending.Failed)
                    Assert.That(missing, Does.Not.Contain(frame), "only frames that the shape has room for are missing from it");
                continue;
            }

            var isThere = came.Contains(frame) && Holds(recording, camera, image, frame);
            Assert.That(isThere || missing.Contains(frame), Is.True, $"frame {frame} is neither there nor told to be missing");
            if (ending == Ending.Finalized)
                Assert.That(isThere && missing.Contains(frame), Is.False, $"frame {frame} is there and told to be missing");
        }

        if (ending != Ending.Finalized && came.Count > 0)
            AssertReaches(recording, camera, came);
        if ((bool)own["complete"]!)
            Assert.That(ending, Is.EqualTo(Ending.Finalized));
        if (ending == Ending.Finalized || (ending == Ending.Aborted && came.Count == 0))
        {
            for (var image = 0; image < camera.Images.Length; image++)
                Assert.That(ShapeOf(recording, camera, image), Has.All.Positive, "no array is empty");
        }
    }

    // What was given up at the end is not claimed: the longest image ends in a chunk that readers find.
    private static void AssertReaches(Recording recording, CameraPlan camera, List<long> came)
    {
        var axis = camera.EndingAxis;
        if (axis < 0)
            return;
        var length = Enumerable.Range(0, camera.Images.Length).Max(image => ShapeOf(recording, camera, image)[axis]);
        // An axis that was declared keeps one element; and a failure may be that of the document that would have cut it back.
        if (length == 0 || (axis == camera.CutAxis && (length == 1 || length == camera.Axes[axis].Count)))
            return;
        var index = new long[camera.Router.FrameAxes];
        var chunk = camera.Arrays[0].ChunkShape[axis];
        Assert.That(came.Any(frame =>
        {
            var image = camera.Router.Locate(frame, index);
            return index[axis] >= (length - 1) / chunk * chunk && index[axis] < length && Holds(recording, camera, image, frame);
        }), Is.True, $"the shape is {length}, and nothing is in its last chunk");
    }

    private static long[] ShapeOf(Recording recording, CameraPlan camera, int image)
    {
        using var reader = ArrayReader.Open(recording.Get, camera.Arrays[image].Path);
        return [.. reader.Shape];
    }

    private static bool Holds(Recording recording, CameraPlan camera, int image, long frame)
    {
        using var reader = ArrayReader.Open(recording.Get, camera.Arrays[image].Path);
        var origin = new long[reader.Shape.Length];
        camera.Router.Locate(frame, origin);
        var pixels = new byte[camera.FrameBytes];
        reader.Read(origin, reader.Shape.Select((length, axis) => axis < AxesOf(camera) ? 1 : length).ToArray(), pixels);
        return pixels.AsSpan().SequenceEqual(Acquisition.Pixels(camera, frame));

        static int AxesOf(CameraPlan plan) => plan.Router.FrameAxes;
    }

    private static bool LevelIsRight(Recording recording, CameraPlan camera, int level)
    {
        using var full = ArrayReader.Open(recording.Get, camera.Levels[level - 1].Arrays[0].Path);
        using var smaller = ArrayReader.Open(recording.Get, camera.Levels[level].Arrays[0].Path);
        var (pixels, _) = NaiveLevel.Of(camera.DataType, camera.Settings.Pyramid.Method, full.ReadAll(), [.. full.Shape],
            camera.Levels[level].Step);
        return NaiveLevel.AreEqual(camera.DataType, smaller.ReadAll(), pixels);
    }
}
