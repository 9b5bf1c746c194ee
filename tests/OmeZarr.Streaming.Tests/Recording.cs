using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Storage.Tests;
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
        Session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), Store);
    }

    public Recording(string dimensions, string pipeline = "", string more = "")
        : this(Given.Plan(dimensions, pipeline, more))
    {
    }

    public AcquisitionPlan Plan { get; }

    public FlakyStore Store { get; }

    public AcquisitionSession Session { get; }

    /// <summary>The objects that a reader can see.</summary>
    public IReadOnlyList<string> Keys => _memory.Keys;

    /// <summary>Appends a frame with the pixels that belong to its number.</summary>
    public AppendOutcome Append(long frame, bool named = false)
    {
        fixed (byte* pixels = Acquisition.Pixels(Plan, frame))
        {
            return Session.Append(new FrameInput
            {
                Pixels = pixels,
                Bytes = (ulong)Plan.FrameBytes,
                Index = named ? frame : FrameInput.NextIndex,
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
    public System.Text.Json.Nodes.JsonNode Attributes => System.Text.Json.Nodes.JsonNode.Parse(_memory.Get("zarr.json"))!["attributes"]!;

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

    public void Dispose()
    {
        Store.Heal();
        Session.BeginAbort();
        AssertEnds();
    }
}
