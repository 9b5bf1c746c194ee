using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Tests;

namespace OmeZarr.Documents.Tests;

/// <summary>
/// OME-Zarr's metadata and OME-XML describe the same images. Whatever both say is compared here for random acquisitions of every
/// kind; the official schema must accept each document.
/// </summary>
public class OmeXmlAgreementTests
{
    private const string Space = "space";

    private static readonly Dictionary<string, string> Symbols = new()
    {
        ["micrometer"] = "µm",
        ["nanometer"] = "nm",
        ["millimeter"] = "mm",
        ["second"] = "s",
        ["millisecond"] = "ms",
        ["minute"] = "min",
    };

    [Test]
    public void ShouldSayTheSameAsOmeZarrOfEveryAcquisition()
    {
        var kinds = new HashSet<DatasetStructure>();
        Prop.ForAll(RandomDocuments.Any.ToArbitrary(), document =>
        {
            var plan = Document.Plan(document.ToJsonString());
            kinds.Add(plan.Structure);
            // Nothing has come, or so much that the growing axis has some length.
            foreach (var frames in new long[] { 0, 29 })
                Compare(plan, Written.Of(plan, frames));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
        Assert.That(kinds, Is.EquivalentTo(Enum.GetValues<DatasetStructure>()), "random documents make all kinds of datasets");
    }

    private static void Compare(AcquisitionPlan plan, Written written)
    {
        var xml = written.Xml();
        XElement[] images = [.. Elements(xml.Root!, "Image")];
        var paths = plan.Structure == DatasetStructure.Image
            ? [""]
            : written.Ome("OME")["series"]!.AsArray().Select(path => path!.GetValue<string>()).ToArray();
        Assert.That(images, Has.Length.EqualTo(paths.Length));
        for (var i = 0; i < images.Length; i++)
        {
            Assert.That(Value(images[i], "ID"), Is.EqualTo(
                plan.Structure == DatasetStructure.Collection ? $"Image:{paths[i]}" : $"Image:{i}"));
            CompareImage(images[i], written, paths[i]);
        }

        if (plan.Structure == DatasetStructure.Plate)
            ComparePlate(Elements(xml.Root!, "Plate").Single(), written, paths);
    }

    private static void CompareImage(XElement image, Written written, string path)
    {
        var ome = written.Ome(path);
        var multiscale = ome["multiscales"]![0]!;
        Assert.That(Value(image, "Name"), Is.EqualTo(multiscale["name"]!.GetValue<string>()));
        var dataset = multiscale["datasets"]![0]!;
        var array = written.Json($"{path}/{dataset["path"]}".TrimStart('/'));
        var pixels = Elements(image, "Pixels").Single();
        Assert.That(Value(pixels, "Type"), Is.EqualTo(array["data_type"]!.GetValue<string>() switch
        {
            "float32" => "float",
            "float64" => "double",
            var same => same,
        }));
        var axes = multiscale["axes"]!.AsArray();
        long[] shape = [.. array["shape"]!.AsArray().Select(length => length!.GetValue<long>())];
        double[] scale =
            [.. dataset["coordinateTransformations"]![0]!["scale"]!.AsArray().Select(step => step!.GetValue<double>())];
        CompareSizes(pixels, axes, shape);
        for (var i = 0; i < axes.Count; i++)
        {
            if (LetterOf(axes, i) is var letter and not 'C')
                CompareStep(pixels, letter == 'T' ? "TimeIncrement" : $"PhysicalSize{letter}", axes[i]!, scale[i]);
        }

        CompareChannels([.. Elements(pixels, "Channel")], ome["omero"], axes, shape);
        CompareStage(image, written, path);
    }

    private static void CompareSizes(XElement pixels, JsonArray axes, long[] shape)
    {
        foreach (var letter in "XYZCT")
        {
            var length = axes.Index().Where(axis => LetterOf(axes, axis.Index) == letter)
                .Aggregate(1L, (product, axis) => product * Math.Max(1, shape[axis.Index]));
            Assert.That(Value(pixels, $"Size{letter}"), Is.EqualTo(length.ToString(CultureInfo.InvariantCulture)),
                $"Size{letter}");
        }

        var order = Value(pixels, "DimensionOrder")!;
        var stored = string.Concat(axes.Index().Reverse().Select(axis => LetterOf(axes, axis.Index)).Distinct());
        Assert.That(string.Concat(order.Where(stored.Contains)), Is.EqualTo(stored), "the fastest axis first");
    }

    private static void CompareStep(XElement pixels, string name, JsonNode axis, double scale)
    {
        var unit = axis["unit"]?.GetValue<string>();
        var said = Value(pixels, name);
        if (said is null)
        {
            // Nothing is known; or OME-XML has no word for it.
            Assert.That((unit, scale) is (null, 1) || (unit is null && name == "TimeIncrement")
                || (name == "TimeIncrement" && scale < 0),
                $"{name} is {scale} {unit}");
            return;
        }

        Assert.That(double.Parse(said, CultureInfo.InvariantCulture), Is.EqualTo(Math.Abs(scale)), name);
        Assert.That(Value(pixels, $"{name}Unit"), Is.EqualTo(unit is null ? "reference frame" : Symbols[unit]), name);
    }

    private static void CompareChannels(XElement[] channels, JsonNode? omero, JsonArray axes, long[] shape)
    {
        var shown = omero?["channels"]!.AsArray();
        var ofImage = axes.Index()
            .FirstOrDefault(axis => axis.Item!["type"]?.GetValue<string>() == "channel", (Index: -1, null!)).Index;
        if (shown is not null)
            Assert.That(shown, Has.Count.EqualTo(ofImage < 0 ? 1 : shape[ofImage]));
        if (shown is null || channels.Length != shown.Count)
            return;
        foreach (var (channel, display) in channels.Zip(shown))
        {
            var color = unchecked((uint)int.Parse(Value(channel, "Color")!, CultureInfo.InvariantCulture));
            Assert.That(color.ToString("X8", CultureInfo.InvariantCulture), Is.EqualTo($"{display!["color"]}FF"));
            Assert.That(Value(channel, "Name"), Is.EqualTo(display["label"]!.GetValue<string>()));
        }
    }

    // The name of the position and its coordinates are in the library's own attributes.
    private static void CompareStage(XElement image, Written written, string path)
    {
        var position = written.Own(path)["position"];
        var stage = Elements(image, "StageLabel").SingleOrDefault();
        Assert.That(stage is null, Is.EqualTo(position is null));
        if (position is null)
            return;
        Assert.That(Value(stage!, "Name"), Is.EqualTo(position["name"]!.GetValue<string>()));
        foreach (var letter in new[] { "x", "y", "z" })
        {
            Assert.That(Number(stage!, letter.ToUpperInvariant()), Is.EqualTo(position[$"{letter}_coord"]?.GetValue<double>()));
        }
    }

    private static void ComparePlate(XElement plate, Written written, string[] paths)
    {
        var root = written.Ome("")["plate"]!;
        var rows = root["rows"]!.AsArray().Select(row => row!["name"]!.GetValue<string>()).ToArray();
        var columns = root["columns"]!.AsArray().Select(column => column!["name"]!.GetValue<string>()).ToArray();
        Assert.That(Value(plate, "Name"), Is.EqualTo(root["name"]!.GetValue<string>()));
        Assert.That((Value(plate, "Rows"), Value(plate, "Columns")), Is.EqualTo(($"{rows.Length}", $"{columns.Length}")));
        var wells = Elements(plate, "Well").ToDictionary(
            well => $"{rows[int.Parse(Value(well, "Row")!)]}/{columns[int.Parse(Value(well, "Column")!)]}",
            well => Elements(well, "WellSample").ToArray());
        Assert.That(wells.Keys, Is.EqualTo(root["wells"]!.AsArray().Select(well => well!["path"]!.GetValue<string>())));
        foreach (var (path, samples) in wells)
        {
            var fields = written.Ome(path)["well"]!["images"]!.AsArray();
            Assert.That(
                samples.Select(sample =>
                    paths[int.Parse(Value(Elements(sample, "ImageRef").Single(), "ID")!["Image:".Length..])]),
                Is.EqualTo(fields.Select(field => $"{path}/{field!["path"]}")));
            foreach (var (sample, field) in samples.Zip(fields))
            {
                var position = written.Own($"{path}/{field!["path"]}")["position"]!;
                Assert.That((Number(sample, "PositionX"), Number(sample, "PositionY")),
                    Is.EqualTo((position["x_coord"]?.GetValue<double>(), position["y_coord"]?.GetValue<double>())));
            }
        }

        var acquisitions = root["acquisitions"]?.AsArray() ?? [];
        Assert.That(Elements(plate, "PlateAcquisition").Select(run => $"{Value(run, "ID")} {Value(run, "Name")} "
            + $"{Value(run, "MaximumFieldCount")}"), Is.EqualTo(acquisitions.Select(run =>
            $"PlateAcquisition:{run!["id"]} {run["name"]} {run["maximumfieldcount"]}")));
    }

    // What OME-XML calls an axis: the last two are X and Y, whatever their names.
    private static char LetterOf(JsonArray axes, int axis) => axes[axis]!["type"]?.GetValue<string>() switch
    {
        Space => axis == axes.Count - 1 ? 'X' : axis == axes.Count - 2 ? 'Y' : 'Z',
        "time" => 'T',
        _ => 'C',
    };

    private static IEnumerable<XElement> Elements(XElement parent, string name) =>
        parent.Elements().Where(element => element.Name.LocalName == name);

    private static string? Value(XElement element, string name) => element.Attribute(name)?.Value;

    private static double? Number(XElement element, string name) =>
        Value(element, name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
}
