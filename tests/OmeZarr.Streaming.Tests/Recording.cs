using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests;

/// <summary>A session that writes into memory through a store that can be made to fail or to wait.</summary>
internal sealed unsafe class Recording : IDisposable
{
    /// <summary>Far beyond what any test needs: only a hang takes as long.</summary>
    public const int GuardMs = 120_000;

    private readonly MemoryStore _memory = new();

    public Recording(AcquisitionPlan plan)
    {
        Plan = plan;
        Store = new FlakyStore(_memory);
        Session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), Store, onWarning: Warnings.Add);
    }

    public Recording(string dimensions, string pipeline = "", string more = "")
        : this(Given.Plan(dimensions, pipeline, more))
    {
    }

    public AcquisitionPlan Plan { get; }

    public FlakyStore Store { get; }

    public AcquisitionSession Session { get; }

    /// <summary>What was told of what does not fail.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The objects that a reader can see.</summary>
    public IReadOnlyList<string> Keys => _memory.Keys;

    /// <summary>The object of a key that a reader can see, or null.</summary>
    public byte[]? Get(string key) => _memory.Get(key);

    /// <summary>Appends a frame with the pixels that belong to its number.</summary>
    public AppendOutcome Append(long frame, bool named = false, FrameProperties properties = default, string? json = null)
    {
        var utf8 = json is null ? [] : System.Text.Encoding.UTF8.GetBytes(json);
        fixed (byte* pixels = Acquisition.Pixels(Plan, frame), text = utf8.Length == 0 ? new byte[1] : utf8)
        {
            return Session.Append(new FrameInput
            {
                Pixels = pixels,
                Bytes = (ulong)Plan.FrameBytes,
                Index = named ? frame : FrameInput.NextIndex,
                Properties = properties,
                Json = json is null ? null : text,
                JsonBytes = utf8.Length,
            });
        }
    }

    /// <summary>Appends frames, each of which must be taken.</summary>
    public void AppendAll(IEnumerable<long> frames, bool named = false)
    {
        foreach (var frame in frames)
        {
            var outcome = Append(frame, named);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), $"frame {frame}: {outcome.Message}");
        }
    }

    /// <summary>Appends the first frames in order.</summary>
    public void AppendFirst(int count) => AppendAll(Enumerable.Range(0, count).Select(frame => (long)frame));

    /// <summary>Appends frames in order until one is not taken; what became of that one.</summary>
    public AppendOutcome AppendUntilRefused(long first = 0, long most = 1_000_000)
    {
        for (var frame = first; frame < most; frame++)
        {
            var outcome = Append(frame);
            if (outcome.Status != AppendStatus.Ok)
                return outcome;
        }

        throw new AssertionException($"all of {most - first} frames were taken");
    }

    public void Finish()
    {
        Session.BeginFinalize();
        AssertEnds();
        Assert.That(Session.Fault, Is.Null);
    }

    public void AssertEnds() => Assert.That(Session.WaitForEnd(GuardMs), Is.True, "the session does not end");

    /// <summary>The attribute of the root that tells how the acquisition went.</summary>
    public System.Text.Json.Nodes.JsonNode Outcome =>
        Attributes[DatasetMetadata.OwnNamespace]!;

    /// <summary>The attributes of the root.</summary>
    public System.Text.Json.Nodes.JsonNode Attributes =>
        System.Text.Json.Nodes.JsonNode.Parse(_memory.Get("zarr.json"))!["attributes"]!;

    public long[] Shape
    {
        get
        {
            using var reader = ArrayReader.Open(_memory.Get, Plan.Arrays[0].Path);
            return [.. reader.Shape];
        }
    }

    /// <summary>What a reader sees of a frame now, or null when it lies beyond the array.</summary>
    public byte[]? Read(long frame)
    {
        using var reader = ArrayReader.Open(_memory.Get, Plan.Arrays[0].Path);
        var origin = new long[reader.Shape.Length];
        Plan.Router.Locate(frame, origin);
        var size = reader.Shape.Select((length, axis) => axis < Plan.Router.FrameAxes ? 1 : length).ToArray();
        if (origin.Where((index, axis) => index >= reader.Shape[axis]).Any())
            return null;
        var pixels = new byte[Plan.FrameBytes];
        reader.Read(origin, size, pixels);
        return pixels;
    }

    /// <summary>Whether a reader sees a frame with all of its pixels.</summary>
    public bool Holds(long frame) => Read(frame) is { } pixels && pixels.AsSpan().SequenceEqual(Acquisition.Pixels(Plan, frame));

    /// <summary>Whether a reader sees the fill value in place of a frame.</summary>
    public bool IsBlank(long frame) => Read(frame) is { } pixels && !pixels.AsSpan().ContainsAnyExcept((byte)0);

    /// <summary>Whether a frame is on the store, also when the array does not reach to it yet.</summary>
    public bool IsStored(long frame)
    {
        var plan = Plan.Arrays[0];
        using var reader = ArrayReader.Open(
            key => key.EndsWith("zarr.json", StringComparison.Ordinal)
                ? DatasetMetadata.ArrayDocument(plan, frame + 1).Utf8.ToArray() : _memory.Get(key),
            plan.Path);
        var origin = new long[reader.Shape.Length];
        Plan.Router.Locate(frame, origin);
        var pixels = new byte[Plan.FrameBytes];
        reader.Read(origin, reader.Shape.Select((length, axis) => axis < Plan.Router.FrameAxes ? 1 : length).ToArray(), pixels);
        return pixels.AsSpan().SequenceEqual(Acquisition.Pixels(Plan, frame));
    }

    /// <summary>Every pixel that a reader sees is right or the fill value.</summary>
    public void AssertOnlyRightPixels(bool[] comes)
    {
        for (var frame = 0; frame < comes.Length; frame++)
        {
            if (Read(frame) is not { } pixels)
                continue;
            var whole = comes[frame] ? Acquisition.Pixels(Plan, frame) : new byte[pixels.Length];
            Assert.That(pixels.Where((pixel, i) => pixel != 0 && pixel != whole[i]), Is.Empty, $"frame {frame}");
        }
    }

    /// <summary>
    /// At least as many whole frames can be read as the metadata counts, and each other frame that was taken lies beyond the
    /// array or is told to be missing.
    /// </summary>
    public void AssertTellsWhatIsThere(bool[] comes, long taken)
    {
        var told = (Outcome["missing_frames"]?.AsArray() ?? []).SelectMany(run => Frames((long)run![0]!, (long)run[1]!))
            .ToHashSet();
        Assert.That((long)Outcome["frames_appended"]!, Is.EqualTo(Session.Stats().FramesAppended));
        var held = 0L;
        for (var frame = 0; frame < taken; frame++)
        {
            if (!comes[frame])
                Assert.That(told.Contains(frame)
                    || Read(frame) is null, Is.True, $"skipped frame {frame} is not told to be missing");
            else if (Holds(frame))
                held++;
            else if (Read(frame) is not null)
                Assert.That(told, Does.Contain((long)frame), $"frame {frame} reads wrong");
        }

        Assert.That(held, Is.GreaterThanOrEqualTo((long)Outcome["frames_stored"]!));
    }

    private static IEnumerable<long> Frames(long first, long count)
    {
        for (var frame = first; frame < first + count; frame++)
            yield return frame;
    }

    /// <summary>The shape of a growing array ends with a chunk of which something is there.</summary>
    public void AssertLastChunkIsThere()
    {
        var array = Plan.Arrays[0];
        if (array.UnboundedAxis < 0 || Shape[array.UnboundedAxis] is not (> 0 and var extent))
            return;
        // No array ends empty: without a frame it has room for one.
        if (extent == 1 && (long)Outcome["frames_stored"]! == 0)
            return;
        var chunk = array.ChunkShape[array.UnboundedAxis];
        var first = (extent - 1) / chunk * chunk * Plan.Router.FramesPerUnboundedStep;
        var frames = Enumerable.Range(0, (int)(chunk * Plan.Router.FramesPerUnboundedStep)).Select(i => Read(first + i));
        Assert.That(frames.Any(pixels => pixels?.AsSpan().ContainsAnyExcept((byte)0) == true), Is.True,
            $"nothing is there before {extent}");
    }

    public void Dispose()
    {
        Store.Heal();
        Session.BeginAbort();
        AssertEnds();
    }
}
