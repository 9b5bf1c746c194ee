using System.Text;
using System.Xml.Linq;
using FsCheck.Fluent;
using OmeZarr.Acquisition;

namespace OmeZarr.ConformanceTests;

/// <summary>
/// No settings give a dataset that breaks a rule of OME-Zarr unless they say so, and every call says the same of them.
/// </summary>
internal sealed class ConformingSettingsTests
{
    private const int Documents = 150;
    private const int MostFrames = 12;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("omz-conforming-");

    [OneTimeTearDown]
    public void RemoveDatasets() => _folder.Delete(recursive: true);

    [Test]
    public void ShouldWriteNothingThatBreaksARuleUnlessToldAndThenSayWhich()
    {
        var (written, broken) = (0, 0);
        foreach (var (i, settings) in AnySettings.Document.Sample(Documents, 30).Index())
        {
            settings["root_path"] = Path.Join(_folder.FullName, $"{i:000}.ome.zarr");
            var text = settings.ToJsonString();
            if (!EveryCallAccepts(text))
                continue;
            var plan = AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(text));
            Write(plan, text, frames: i % MostFrames);
            var isToldToBreak = plan.Warnings.Any(warning => warning.Contains("breaks OME-Zarr", StringComparison.Ordinal));
            var problems = Structure.Problems(plan.OutputPath);
            Assert.That(problems, isToldToBreak ? Is.Not.Empty : Is.Empty, text);
            Assert.That(isToldToBreak && settings["allow_nonconforming"]?.GetValue<bool>() != true, Is.False, text);
            if (isToldToBreak)
                Directory.Delete(plan.OutputPath, recursive: true);
            CheckOmeXml(plan);
            (written, broken) = (written + 1, broken + (isToldToBreak ? 1 : 0));
        }

        // One run of the validator for all datasets.
        Assert.That(Schemas.Problems(_folder.FullName), Is.Empty);
        Assert.That(written, Is.GreaterThan(Documents / 4), "most settings are possible");
        Assert.That(broken, Is.Positive.And.LessThan(written / 2));
    }

    private static bool EveryCallAccepts(string settings)
    {
        var validated = NativeWriter.Validate(settings);
        Assert.That(NativeWriter.Describe(settings), Is.EqualTo(validated), settings);
        using var writer = NativeWriter.TryCreate(settings, out var created);
        Assert.That(created, Is.EqualTo(validated), settings);
        return writer is not null;
    }

    private static void Write(AcquisitionPlan plan, string settings, int frames)
    {
        Directory.Delete(plan.OutputPath, recursive: true);
        using var writer = new NativeWriter(settings);
        foreach (var camera in plan.Cameras)
        {
            var pixels = new byte[camera.FrameBytes];
            for (var frame = 0; frame < Math.Min(frames, camera.Router.TotalFrames ?? frames); frame++)
            {
                pixels.AsSpan().Fill((byte)(frame + 1));
                if (camera.Key.Length == 0)
                    writer.Append(pixels);
                else
                    writer.Append(camera.Key, pixels);
            }
        }

        writer.Complete();
    }

    private static void CheckOmeXml(AcquisitionPlan plan)
    {
        var file = Path.Join(plan.OutputPath, "OME", "METADATA.ome.xml");
        if (File.Exists(file))
            Assert.That(() => OmeXmlSchema.Validate(XDocument.Load(file)), Throws.Nothing, plan.OutputPath);
    }
}
