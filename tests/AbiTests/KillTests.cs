using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OmeZarr.Acquisition;
using OmeZarr.Streaming.Tests.Pyramid;
using OmeZarr.Zarr;

namespace AbiTests;

/// <summary>
/// A host is killed at random instants (native/killed.c). With no tool run afterwards every level opens, what a flush covered is
/// there, and no level claims a pixel that is not right.
/// </summary>
public sealed class KillTests
{
    // Those of the program.
    private const int FramesOfDataset = 63, Height = 32, Width = 48;

    private const int Rounds = 8;

    // The first dataset is finalized after nine: the second's end comes within reach.
    private const int MostReports = 20;

    [TestCase("""
        "dtype": "uint16", "dimensions": [{"name": "t"}, {"name": "y", "count": 32}, {"name": "x", "count": 48}],
        "pyramid": {"levels": 4}, "durability": {"flush_interval_ms": 10, "fsync": "never"}
        """, 1, TestName = "ShouldLeaveLevelsOfATimeLapse")]
    [TestCase("""
        "dtype": "uint16", "compression": "blosc-lz4", "checksum": true, "dimensions": [
        {"name": "t", "chunk_size": 2, "shard_size_chunks": 3}, {"name": "z", "count": 3, "chunk_size": 2, "shard_size_chunks": 2},
        {"name": "y", "count": 32, "chunk_size": 8, "shard_size_chunks": 2}, {"name": "x", "count": 48, "chunk_size": 48, "shard_size_chunks": 1}],
        "pyramid": {"levels": 3, "factors": {"z": 2}}, "durability": {"flush_interval_ms": 10, "fsync": "never"}
        """, 3, TestName = "ShouldLeaveLevelsOfShardedStacks")]
    [TestCase("""
        "dtype": "uint16", "compression": "zstd", "dimensions": [
        {"name": "z", "chunk_size": 2, "shard_size_chunks": 2}, {"name": "y", "count": 32, "shard_size_chunks": 1}, {"name": "x", "count": 48, "shard_size_chunks": 1}],
        "pyramid": {"levels": 3, "factors": {"z": 2}}, "durability": {"flush_interval_ms": 10, "fsync": "never"}
        """, 1, TestName = "ShouldLeaveLevelsOfAStackThatGrows")]
    public async Task ShouldLeaveLevels(string settings, int framesPerStep)
    {
        var plan = AcquisitionPlanner.Plan(System.Text.Encoding.UTF8.GetBytes($$"""{"root_path": "planned", {{settings}}}""")).Cameras.Single();
        var random = new Random(20250411);
        for (var round = 0; round < Rounds; round++)
        {
            using var scratch = new Scratch();
            var (dataset, flushed) = await KillAfter(random.Next(1, MostReports), scratch.Folder, settings);
            for (var earlier = 0; earlier < dataset; earlier++)
                AssertLevels(plan, Folder(scratch, earlier), FramesOfDataset / framesPerStep, isFinal: true,
                    $"round {round}, finalized");
            AssertLevels(plan, Folder(scratch, dataset), flushed / framesPerStep, isFinal: false,
                $"round {round}, {flushed} frames flushed");
        }
    }

    private static string Folder(Scratch scratch, int dataset) => scratch.Path($"{dataset}.ome.zarr");

    // The last report that the program could make: a dataset, and how many frames of it a flush covered.
    private static async Task<(int Dataset, int Flushed)> KillAfter(int reports, string folder, string settings)
    {
        var sources = Repository.Scenario("killed");
        var start = new ProcessStartInfo(Compiler.Build("c99", sources), [folder, settings]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        string? last = null;
        for (var i = 0; i < reports; i++)
        {
            last = await process.StandardOutput.ReadLineAsync();
            Assert.That(last, Does.Match("^[0-9]+ [0-9]+$"), "the program was not killed, it failed");
        }

        process.Kill();
        var rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        // The last line may be cut by the kill.
        if (rest.LastIndexOf('\n') is var end and > 0)
            last = rest[..end].Split('\n')[^1];
        int[] reported = [.. last!.Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        return (reported[0], reported[1]);
    }

    private static void AssertLevels(CameraPlan plan, string dataset, long steps, bool isFinal, string what)
    {
        Assert.That(() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(dataset, "zarr.json"))), Throws.Nothing, what);
        var axis = plan.Router.UnboundedAxis;
        var lengths = new List<long>();
        foreach (var level in plan.Levels)
        {
            using var reader = ArrayReader.Open(key => Get(dataset, key), level.Path);
            var length = reader.Shape[axis];
            var chunk = reader.Metadata.ChunkShape[axis];
            var whole = isFinal ? level.LengthAlong(axis, steps) : steps / level.Factors[axis] / chunk * chunk;
            Assert.That(length, isFinal ? Is.EqualTo(whole)
                : Is.GreaterThanOrEqualTo(whole), $"length of level {level.Number}, {what}");
            var (pixels, shape) = Expected(plan, level, length);
            Assert.That(reader.Shape, Is.EqualTo(shape), $"shape of level {level.Number}, {what}");
            Assert.That(reader.ReadAll().AsSpan().SequenceEqual(pixels),
                $"pixels of level {level.Number}, {length} long, {what}");
            if (level.Factors[axis] == 1)
                lengths.Add(length);
        }

        // All equal, or the kill came between two of their documents: full resolution is the last that grows.
        Assert.That(lengths, Is.Ordered, what);
        Assert.That(lengths.Distinct().Count(), Is.LessThanOrEqualTo(2), what);
    }

    private static byte[]? Get(string dataset, string key)
    {
        var file = Path.Combine(dataset, key);
        return File.Exists(file) ? File.ReadAllBytes(file) : null;
    }

    // As many frames as the level tells of, and their levels by definition.
    private static (byte[] Pixels, long[] Shape) Expected(CameraPlan plan, LevelPlan level, long length)
    {
        var axis = plan.Router.UnboundedAxis;
        var frames = Math.Min(FramesOfDataset, length * level.Factors[axis] * plan.Router.FramesPerUnboundedStep);
        byte[] pixels = [.. Enumerable.Range(0, (int)frames).SelectMany(Frame)];
        long[] shape = [.. plan.Levels[0].Arrays[0].Shape];
        shape[axis] = plan.Router.UnboundedExtent(frames);
        foreach (var smaller in plan.Levels.Take(level.Number + 1).Skip(1))
            (pixels, shape) = NaiveLevel.Of(plan.DataType, plan.Settings.Pyramid.Method, pixels, shape, smaller.Step);
        return (pixels, shape);
    }

    // The pixels of fill in native/support.c.
    private static byte[] Frame(int seed)
    {
        var pixels = new byte[2 * Height * Width];
        var state = unchecked((ulong)seed * 2862933555777941757u + 3037000493u);
        for (var i = 0; i < Height * Width; i++)
        {
            state = unchecked(state * 6364136223846793005u + 1442695040888963407u);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(pixels.AsSpan(2 * i), (ushort)(state >> 48));
        }

        return pixels;
    }
}
