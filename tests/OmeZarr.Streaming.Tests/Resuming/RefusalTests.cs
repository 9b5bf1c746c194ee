using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Storage;
using OmeZarr.Stores;

namespace OmeZarr.Streaming.Tests.Resuming;

/// <summary>What a dataset is not gone on with, and what it is.</summary>
public class RefusalTests
{
    private const string Settings = """
        {"root_path": "memory", "dtype": "uint16", "compression": "zstd", "resume": true, "dimensions": [
          {"name": "t", "chunk_size": 4, "unit": "s", "scale": 2.5}, {"name": "c", "coords": [{"name": "DAPI"}, {"name": "GFP"}]},
          {"name": "y", "count": 6}, {"name": "x", "count": 5}]}
        """;

    [TestCase("""{"dtype": "uint8"}""", "`dtype` was \"uint16\" and is now \"uint8\"")]
    [TestCase("""{"compression": {"name": "gzip"}}""", "`compression.name` was \"zstd\" and is now \"gzip\"")]
    [TestCase("""{"dimensions": {"0": {"scale": 3}}}""", "`dimensions[0].scale` was 2.5 and is now 3")]
    [TestCase("""{"dimensions": {"0": {"chunk_size": 5}}}""", "`dimensions[0].chunk_size` was 4 and is now 5")]
    [TestCase("""{"dimensions": {"0": {"count": 7}}}""", "`dimensions[0].count` was not given and is now 7")]
    [TestCase("""{"dimensions": {"1": {"coords": ["DAPI", "RFP"]}}}""",
        "`dimensions[1].coords[1].name` was \"GFP\" and is now \"RFP\"")]
    [TestCase("""{"pyramid": {"levels": 2}}""", "`pyramid.levels` was 1 and is now 2")]
    [TestCase("""{"checksum": true}""", "`checksum` was false and is now true")]
    public void ShouldNameTheSettingThatDiffersAndLeaveTheDatasetAsItIs(string change, string difference)
    {
        var store = Made();
        var before = StoredDataset.Of(store);
        Assert.That(() => Start(store, change), Throws.TypeOf<SettingsException>().With.Message.EqualTo(
            $"resume: {Plan("{}").OutputPath} cannot go on: it was begun with other settings: {difference}"));
        Assert.That(StoredDataset.Of(store), Is.EqualTo(before));
    }

    [TestCase("""{"root_path": "elsewhere"}""")]
    [TestCase("""{"pipeline": {"workers": 1, "memory_budget_bytes": 1000000000, "backpressure": "fail"}}""")]
    [TestCase("""{"durability": {"fsync": "never", "flush_interval_ms": 50}, "early_end": "keep"}""")]
    [TestCase("""{"store": {"unbuffered": true}, "frame": {"row_stride": 32}, "format": "zarr"}""")]
    public void ShouldGoOnWhereOnlyTheWayOfWritingDiffers(string change)
    {
        using var session = Start(Made(), change);
        Assert.That(session.Pipelines[0].NextFrame, Is.EqualTo(3));
    }

    [TestCase("settings", "it does not tell its settings")]
    [TestCase("next_frame", "its root does not tell with which frame to go on")]
    public void ShouldNotGoOnWithADatasetThatDoesNotTellHow(string member, string why)
    {
        var store = Made();
        var root = JsonNode.Parse(store.Get("zarr.json")!)!;
        root["attributes"]!["omezarr_native"]!.AsObject().Remove(member);
        store.Put("zarr.json", Encoding.UTF8.GetBytes(root.ToJsonString()), durable: false);
        Assert.That(() => Start(store, "{}"), Throws.TypeOf<SettingsException>().With.Message.Contains(why));
    }

    [Test]
    public void ShouldNotGoOnWhereNoSlotIsThereForWhatIsReadBack() => Assert.That(
        () => Start(Made(), """{"pipeline": {"borrowed_buffers": 8}}"""),
        Throws.TypeOf<SettingsException>().With.Message.Contains("pipeline.ring_frames"));

    [Test]
    public void ShouldNotGoOnWithDamagedChunksAndLeaveThemAsTheyAre()
    {
        var store = Made();
        store.Put("0/c/0/0/0/0", "damaged"u8, durable: false);
        var before = StoredDataset.Of(store);
        Assert.That(() => Start(store, "{}"), Throws.TypeOf<StoreException>().With.Message.Contains("damaged"));
        Assert.That(StoredDataset.Of(store), Is.EqualTo(before));
    }

    [Test]
    public void ShouldKeepWhatOthersSetAndWhatWasSetBefore()
    {
        var store = new MemoryStore();
        using (var session = Start(store, "{}"))
        {
            Assert.That(session.TrySetMetadata("lab", JsonValue.Create("first")), Is.True);
            End(session);
        }

        var root = JsonNode.Parse(store.Get("zarr.json")!)!;
        root["attributes"]!["somebody"] = 7;
        store.Put("zarr.json", Encoding.UTF8.GetBytes(root.ToJsonString()), durable: false);
        using (var session = Start(store, "{}"))
            End(session);
        var attributes = JsonNode.Parse(store.Get("zarr.json")!)!["attributes"]!;
        Assert.That(((string?)attributes["lab"], (int?)attributes["somebody"]), Is.EqualTo(("first", 7)));
    }

    // Three frames in chunks of four time points of two channels.
    private static MemoryStore Made()
    {
        var store = new MemoryStore();
        using var session = Start(store, "{}");
        for (var frame = 0; frame < 3; frame++)
            Assert.That(session.Pipelines[0].Append(new byte[60]).Status, Is.EqualTo(Intake.AppendStatus.Ok));
        End(session);
        return store.AfterKill();
    }

    private static void End(AcquisitionSession session)
    {
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True);
        Assert.That(session.Fault, Is.Null);
    }

    private static AcquisitionSession Start(MemoryStore store, string change)
    {
        var plan = Plan(change);
        return AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
    }

    private static AcquisitionPlan Plan(string change)
    {
        var settings = JsonNode.Parse(Settings)!;
        Merge(settings, JsonNode.Parse(change)!.AsObject());
        return AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(settings.ToJsonString()));
    }

    private static void Merge(JsonNode into, JsonObject change)
    {
        foreach (var (key, value) in change)
        {
            if (into is JsonArray list)
                Merge(list[int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)]!, value!.AsObject());
            else if (into[key] is { } there and (JsonObject or JsonArray) && value is JsonObject members)
                Merge(there, members);
            else
                into[key] = value?.DeepClone();
        }
    }
}
