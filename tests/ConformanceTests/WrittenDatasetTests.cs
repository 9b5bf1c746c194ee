using System.Text.Json.Nodes;
using FsCheck.Fluent;
using OmeZarr.Streaming.Tests;
using OmeZarr.Streaming.Tests.Pyramid;
using OmeZarr.Zarr.Elements;
using RandomAcquisition = OmeZarr.Streaming.Tests.Acquisition;

namespace OmeZarr.ConformanceTests;

/// <summary>What the published library writes, as readers that share no code with it see it.</summary>
public sealed class WrittenDatasetTests
{
    private const int Acquisitions = 60;
    private const int Collections = 25;

    private readonly string _folder = Directory.CreateTempSubdirectory("omz-conformance-").FullName;

    [TearDown]
    public void RemoveDatasets() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void ShouldGiveIndependentReadersEveryPixelOfRandomAcquisitions()
    {
        var acquisitions = RandomAcquisition.Any.Generator.Sample(Acquisitions, 20).ToArray();
        for (var i = 0; i < acquisitions.Length; i++)
        {
            acquisitions[i].Settings["store"] = new JsonObject { ["unbuffered"] = i % 2 == 0 };
            Write(acquisitions[i], $"{i:00}");
        }

        // One start of each reader for all datasets: the readers walk the whole folder.
        var readings = Readers.HashAll(_folder).Agreed().ToDictionary(array => array.Path);
        Assert.Multiple(() =>
        {
            for (var i = 0; i < acquisitions.Length; i++)
            {
                AssertRead(readings, $"{i:00}.ome.zarr/", acquisitions[i], image: 0);
            }
        });
    }

    [Test]
    public void ShouldKeepToTheSchemasAndToTheRulesThatSchemasMiss()
    {
        // Other orders are written as asked for, with a warning: OME-Zarr wants time, channel, space.
        var ordered =
            RandomAcquisition.Any.Generator.Where(acquisition => acquisition.Settings["storage_order"]!.ToString() == "ome");
        foreach (var (acquisition, i) in ordered.Sample(5, 20).Select((a, i) => (a, i)))
        {
            var dataset = Write(acquisition, $"{i:00}");
            Schemas.Validate(dataset);
            Structure.Validate(dataset);
        }
    }

    [Test]
    public void ShouldGiveIndependentReadersEveryPixelOfRandomCollectionsAndPlates()
    {
        // Other storage orders are written as asked for; strict schemas refuse those.
        var ordered =
            RandomCollections.Any.Generator.Where(acquisition => acquisition.Settings["storage_order"]!.ToString() == "ome");
        var acquisitions = ordered.Sample(Collections, 15).ToArray();
        for (var i = 0; i < acquisitions.Length; i++)
        {
            var dataset = Write(acquisitions[i], $"{i:00}");
            Schemas.Validate(dataset);
            Structure.Validate(dataset);
        }

        var readings = Readers.HashAll(_folder).Agreed().ToDictionary(array => array.Path);
        Assert.Multiple(() =>
        {
            for (var i = 0; i < acquisitions.Length; i++)
            {
                for (var image = 0; image < acquisitions[i].Plan.Images.Length; image++)
                    AssertRead(readings, $"{i:00}.ome.zarr/", acquisitions[i], image);
            }
        });
    }

    [Test]
    public void ShouldGiveIndependentReadersEveryPixelOfAPlate()
    {
        var plate = new RandomAcquisition
        {
            Settings = JsonNode.Parse("""
                {"dtype": "uint16", "compression": "blosc-lz4", "pyramid": {"levels": 3, "factors": {"z": 2}}, "plate": {"row_names": ["A", "B"], "column_names": ["1", "2"]}, "dimensions": [
                  {"name": "t", "count": null, "chunk_size": 2}, {"name": "angle", "count": 2},
                  {"name": "p", "type": "position", "coords": [
                    {"name": "f0", "plate_row": "B", "plate_column": "2", "x_coord": 5}, {"name": "f1", "plate_row": "B", "plate_column": "2"},
                    {"name": "f0", "plate_row": "A", "plate_column": "1"}]},
                  {"name": "c", "coords": ["DAPI", "GFP"]}, {"name": "z", "count": 2}, {"name": "y", "count": 7}, {"name": "x", "count": 5}]}
                """)!.AsObject(),
            Comes = [.. Enumerable.Range(0, 100).Select(frame => frame % 7 != 3)],
        };
        var dataset = Write(plate, "plate");
        Schemas.Validate(dataset);
        Structure.Validate(dataset);
        var readings = Readers.HashAll(dataset).Agreed().ToDictionary(array => array.Path);
        Assert.That(readings, Has.Count.EqualTo(plate.Plan.Arrays.Length));
        for (var image = 0; image < plate.Plan.Images.Length; image++)
            AssertRead(readings, "", plate, image);
    }

    [Test]
    public void ShouldGiveIndependentReadersEveryPixelOfThreeCameras()
    {
        var set = new CameraSet
        {
            Cameras =
            [
                Camera("""
                    {"dtype": "uint16", "compression": "blosc-lz4", "dimensions": [{"name": "t", "count": null, "chunk_size": 2},
                      {"name": "c", "coords": ["DAPI", "GFP"]}, {"name": "y", "count": 7}, {"name": "x", "count": 5}]}
                    """, 14),
                Camera("""
                    {"dtype": "uint8", "compression": {"name": "gzip", "level": 1}, "checksum": true, "dimensions": [
                      {"name": "t", "count": 3, "chunk_size": 2, "shard_size_chunks": 2}, {"name": "z", "count": 4, "chunk_size": 4},
                      {"name": "y", "count": 11, "chunk_size": 6}, {"name": "x", "count": 9, "chunk_size": 4}]}
                    """, 12),
                Camera("""{"dtype": "float32", "compression": "zstd", "dimensions": [{"name": "y", "count": 30}, {"name": "x", "count": 20}]}""", 1),
            ],
            Order = [.. Enumerable.Range(0, 27).Select(i => i == 20 ? 2 : i % 2 == 0 && i < 25 ? 1 : 0)],
            Pipeline = [],
        };
        var dataset = Write(set, "cameras");
        Schemas.Validate(dataset);
        Structure.Validate(dataset);
        var readings = Readers.HashAll(dataset).Agreed().ToDictionary(array => array.Path);
        Assert.That(readings.Keys, Is.EquivalentTo(new[] { "cam0/0", "cam1/0", "cam2/0" }));
        for (var camera = 0; camera < set.Cameras.Length; camera++)
        {
            var expected = set.Cameras[camera].Expected(set.Plan.Cameras[camera], out var shape);
            var reading = readings[$"cam{camera}/0"];
            Assert.That(reading.Shape, Is.EqualTo(string.Join(',', shape)));
            Assert.That(reading.Sha256, Is.EqualTo(Readers.HashOf(expected)), reading.Path);
        }

        static RandomAcquisition Camera(string settings, int frames) => new()
        {
            Settings = JsonNode.Parse(settings)!.AsObject(),
            Comes = [.. Enumerable.Range(0, frames).Select(frame => frame % 5 != 3)],
        };
    }

    [Test]
    public void ShouldShowAGrowingTimeLapseOnlyAsFarAsItIsWritten()
    {
        const int frames = 7, height = 6, width = 5;
        var dataset = Path.Join(_folder, "growing.ome.zarr");
        using var writer = new NativeWriter($$"""
            {"root_path": "{{dataset}}", "dtype": "uint8", "compression": "none", "dimensions": [
              {"name": "t", "count": null, "chunk_size": 2, "shard_size_chunks": 2},
              {"name": "y", "count": {{height}}, "chunk_size": 4, "shard_size_chunks": 1},
              {"name": "x", "count": {{width}}, "chunk_size": 4, "shard_size_chunks": 1}]}
            """);
        var pixels = new byte[frames * height * width];
        Random.Shared.NextBytes(pixels);
        for (var frame = 0; frame < frames; frame++)
        {
            writer.Append(pixels.AsSpan(frame * height * width, height * width));
            writer.Flush();
            var whole = (frame + 1) / 2 * 2;
            if (whole > 0)
                AssertReads(dataset, whole, pixels.AsSpan(0, whole * height * width));
        }

        writer.Complete();
        AssertReads(dataset, frames, pixels);

        static void AssertReads(string dataset, int length, ReadOnlySpan<byte> expected)
        {
            var reading = Readers.HashAll(dataset).Array("0");
            Assert.That(reading.Shape, Is.EqualTo($"{length},{height},{width}"));
            Assert.That(reading.Sha256, Is.EqualTo(Readers.HashOf(expected)));
        }
    }

    // Every level, made from the one before by definition.
    private static void AssertRead(Dictionary<string, ArrayReading> readings, string dataset, RandomAcquisition acquisition,
        int image)
    {
        var camera = acquisition.Plan.Cameras[0];
        var pixels = acquisition.Expected(camera, out var shape, image);
        foreach (var level in camera.Levels)
        {
            if (level.Number > 0)
                (pixels, shape) = NaiveLevel.Of(camera.DataType, camera.Settings.Pyramid.Method, pixels, shape, level.Step);
            var reading = readings[dataset + level.Arrays[image].Path];
            Assert.That(reading.Shape, Is.EqualTo(string.Join(',', shape)), $"{reading.Path}: {acquisition}");
            // What kind of a not-a-number comes out is left open, and is in the hash.
            if (camera.DataType is DataType.Float32 or DataType.Float64 && level.Number > 0)
                continue;
            Assert.That(reading.Sha256, Is.EqualTo(Readers.HashOf(pixels)), $"{reading.Path}: {acquisition}");
        }
    }

    private string Write(CameraSet set, string name)
    {
        var dataset = Path.Join(_folder, name + ".ome.zarr");
        var document = set.Document;
        document["root_path"] = dataset;
        using var writer = new NativeWriter(document.ToJsonString());
        var next = new int[set.Cameras.Length];
        foreach (var camera in set.Order)
        {
            var frame = next[camera]++;
            if (set.Cameras[camera].Comes[frame])
                writer.Append($"cam{camera}", RandomAcquisition.Pixels(set.Plan.Cameras[camera], frame));
            else
                writer.Skip($"cam{camera}", 1);
        }

        writer.Complete();
        return dataset;
    }

    private string Write(RandomAcquisition acquisition, string name)
    {
        var dataset = Path.Join(_folder, name + ".ome.zarr");
        acquisition.Settings["root_path"] = dataset;
        var plan = acquisition.Plan;
        using var writer = new NativeWriter(acquisition.Settings.ToJsonString());
        for (var frame = 0; frame < acquisition.Comes.Length; frame++)
        {
            if (acquisition.Comes[frame])
                writer.Append(RandomAcquisition.Pixels(plan, frame));
            else
                writer.Skip(1);
        }

        writer.Complete();
        return dataset;
    }
}
