using System.CommandLine;
using System.Text.Json.Nodes;
using OmeZarr.Cli.Mending;
using OmeZarr.Cli.Terminal;
using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Cli.Commands;

/// <summary><c>omezarr repair</c>: mends what a killed writer has left.</summary>
internal sealed class RepairCommand : ProgramCommand
{
    private readonly Argument<string> _path = CommonOptions.Dataset();

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only says what would be done." };

    private readonly Option<bool> _json = CommonOptions.Json();

    private readonly string _version;

    /// <param name="screen">Where it speaks.</param>
    /// <param name="version">The program's, noted in what it changes.</param>
    public RepairCommand(Screen screen, string version)
        : base(screen, "repair", "Mends what a writer that was killed has left: removes, cuts and sets right.",
            new Example("omezarr repair cells.ome.zarr --dry-run", "first: what would be done; nothing is changed"),
            new Example("omezarr repair cells.ome.zarr", "does it; documents that are changed are kept beside the dataset"))
    {
        _version = version;
        Add(_path);
        Add(_dryRun);
        Add(_json);
    }

    protected override int Run(ParseResult given, Screen screen)
    {
        var path = given.GetRequiredValue(_path);
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var repair = new Repair(folder, screen.Cancel);
        string[] beside = [.. repair.Beside];
        // A create that was killed while it replaced a dataset may have left nothing at its place.
        if (beside.Length == 0)
            folder = DatasetPath.Folder(path);
        var dryRun = given.GetValue(_dryRun);
        void Warn(string warning) => screen.Error.WriteLine($"omezarr repair: {Printable.Text(warning)}");
        using var store = new FileSystemStore(folder, new FileSystemOptions { OnWarning = Warn });
        var documents = new KeptDocuments(folder, store);
        if (!dryRun)
            Refuse(folder, Warn);
        var killed = KilledAcquisition.Find(folder);
        if (!dryRun)
            killed?.End(documents, Warn, screen.Cancel);
        var isThere = dryRun ? Directory.Exists(folder) : store.TakeToMend();
        var mends = isThere ? repair.Find(store, documents) : [];
        if (killed is not null)
            mends.Insert(0, KilledAcquisition.Mend);
        var left = dryRun ? beside : [.. beside.Except(repair.Beside)];
        if (!dryRun)
            Do(store, documents, mends, screen);
        if (given.GetValue(_json))
            JsonOutput.Write(screen.Output, ToJson(folder, dryRun, left, mends, documents.Place));
        else
            Tell(screen, dryRun, left, mends, documents.Place);
        return dryRun && left.Length + mends.Count > 0 ? ExitCode.Problems : ExitCode.Ok;
    }

    // What is being written is left alone; what lies beside it is dealt with.
    private static void Refuse(string folder, Action<string> warn)
    {
        using var store = new FileSystemStore(folder, new FileSystemOptions { OnWarning = warn });
        store.TakeToMend();
    }

    private void Do(FileSystemStore store, KeptDocuments documents, List<Mend> mends, Screen screen)
    {
        foreach (var mend in mends)
        {
            // Each is whole by itself: Ctrl-C leaves the rest to the next run.
            screen.Cancel.ThrowIfCancellationRequested();
            mend.Do();
        }

        if (mends.Count > 0)
            Repair.Mark(store, documents, mends, _version);
    }

    private static void Tell(Screen screen, bool dryRun, string[] left, List<Mend> mends, string? kept)
    {
        var output = screen.Output;
        if (left.Length + mends.Count == 0)
        {
            output.WriteLine("nothing to repair");
            return;
        }

        var would = dryRun ? "would be: " : "";
        foreach (var name in left)
            output.WriteLine($"{would}{Printable.Text(name)}, left by a create that was killed: finished or undone");
        foreach (var mend in mends)
            output.WriteLine($"{would}{Printable.Text(mend.Path)}: {mend.Text}");
        if (kept is not null)
            output.WriteLine($"documents as they were: {Printable.Text(kept)}");
        output.WriteLine(dryRun ? "nothing was changed; without --dry-run it is done"
            : "done; omezarr verify looks at all of it");
    }

    private static JsonObject ToJson(string folder, bool dryRun, string[] left, List<Mend> mends, string? kept) => new()
    {
        ["path"] = folder,
        ["dry_run"] = dryRun,
        ["beside"] = new JsonArray([.. left.Select(name => JsonValue.Create(name))]),
        ["changes"] = new JsonArray(
        [
            .. mends.Select(mend => new JsonObject { ["kind"] = mend.Kind, ["path"] = mend.Path, ["text"] = mend.Text }),
        ]),
        ["documents_kept_in"] = kept,
    };
}
