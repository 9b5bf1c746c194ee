using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Cli.Terminal;
using OmeZarr.Documents;
using OmeZarr.Reading;
using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Streaming;
using OmeZarr.Zarr;

namespace OmeZarr.Cli.Mending;

/// <summary>
/// An acquisition of this library's whose writer was killed: it is taken up as a stream would do it that goes on, and ended.
/// Shapes, levels, counters, frame metadata and OME-XML are then what they would be, had it ended after the frames that are
/// stored.
/// </summary>
internal sealed class KilledAcquisition
{
    private const string Reason = "the writer was killed, and omezarr repair has ended it";
    private const long MostMemory = 64L << 30;

    private readonly string _folder;
    private readonly AcquisitionPlan _plan;

    private KilledAcquisition(string folder, AcquisitionPlan plan) => (_folder, _plan) = (folder, plan);

    /// <summary>Finds it; null when the dataset was ended, or does not tell its settings.</summary>
    public static KilledAcquisition? Find(string folder)
    {
        using var store = new FileSystemStore(folder);
        if (store.Get(ArrayMetadata.Key) is not { } root || Own(root) is not { } own || own["ended"] is not null
            || (bool?)own["complete"] is not false || own[StoredProgress.NextFrameKey] is null && own["arrays"] is null)
            return null;
        var settings = StoredProgress.Settings(root)
            ?? (store.Get($"OME/{ArrayMetadata.Key}") is { } series ? StoredProgress.Settings(series) : null);
        return settings is null || PlanOf(folder, settings) is not { } plan || StoredProgress.Read(plan, root) is null
            ? null : new KilledAcquisition(folder, plan);
    }

    /// <summary>What is done, in the form of the other mends; see <see cref="End"/>.</summary>
    public static Mend Mend { get; } = new("end", ArrayMetadata.Key,
        "the acquisition was never ended: it ends with the frames that are stored, in shapes, levels, counters and OME-XML",
        () => { });

    /// <summary>Ends it, and keeps a copy of every document before. The dataset is locked meanwhile.</summary>
    public void End(KeptDocuments documents, Action<string> warn, CancellationToken cancel)
    {
        foreach (var key in Documents())
            documents.Keep(key);
        var store = new FileSystemStore(_folder, new FileSystemOptions { OnWarning = warn });
        using var session =
            AcquisitionSession.StartRescue(_plan, MemoryPlan.For(_plan, Environment.ProcessorCount), store, warn);
        // From here on it ends whatever is asked: what is not done then is done by the next run.
        cancel.ThrowIfCancellationRequested();
        session.EndReason = Reason;
        session.BeginFinalize();
        session.WaitForEnd(-1);
        if (session.Fault is { } fault)
            throw UserException.CannotAccess(fault.Message);
    }

    private IEnumerable<string> Documents()
    {
        var all = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, RecurseSubdirectories = true };
        return Directory.EnumerateFiles(_folder, "*", all)
            .Where(file => Path.GetFileName(file) == ArrayMetadata.Key || file.EndsWith(".ome.xml", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(_folder, file).Replace('\\', '/'));
    }

    private static JsonObject? Own(byte[] document)
    {
        try
        {
            return JsonNode.Parse(document)?["attributes"]?[OwnRecord.Attribute] as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            // Damaged: omezarr verify tells of it.
            return null;
        }
    }

    private static AcquisitionPlan? PlanOf(string folder, JsonObject settings)
    {
        var document = settings.DeepClone().AsObject();
        document["root_path"] = folder;
        document["resume"] = true;
        document["pipeline"] = new JsonObject { ["memory_budget_bytes"] = MostMemory, ["create_timeout_ms"] = -1 };
        document["store"] = new JsonObject { ["free_space"] = "ignore" };
        try
        {
            // The folder's name is not what settings would make of it, if it was renamed.
            return AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(document.ToJsonString())) with { OutputPath = folder };
        }
        catch (SettingsException)
        {
            // Of a later version, or changed by hand.
            return null;
        }
    }
}
