using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>What somebody does to the folder of a dataset that is being written.</summary>
internal enum Mischief
{
    /// <summary>Renamed away.</summary>
    Moved,

    /// <summary>Deleted.</summary>
    Deleted,

    /// <summary>Renamed away, and another dataset is at its place.</summary>
    Replaced,

    /// <summary>A folder in it has become a link to another one.</summary>
    Linked,
}

/// <summary>
/// Does it, and looks afterwards: an error is reported, nothing grows at the old place, nothing of others is touched.
/// </summary>
internal sealed class PlaceMischief(Mischief mischief, string dataset, string folder)
{
    private readonly string _moved = Path.Join(folder, "moved.ome.zarr");
    private readonly string _victim = Path.Join(folder, "victim");
    private FolderTree _before = FolderTree.Of("");

    public void Do()
    {
        switch (mischief)
        {
            case Mischief.Moved:
                Directory.Move(dataset, _moved);
                break;
            case Mischief.Deleted:
                Delete();
                break;
            case Mischief.Replaced:
                Directory.Move(dataset, _moved);
                Directory.CreateDirectory(Path.Join(dataset, "0"));
                File.WriteAllText(Path.Join(dataset, "zarr.json"), "another's");
                break;
            default:
                Directory.CreateDirectory(_victim);
                Link();
                break;
        }

        _before = Watched();
    }

    // A writer may make the folder anew before the link is there: then that one is moved away as well.
    private void Link()
    {
        const int mostTries = 1000;
        for (var tries = 0; ; tries++)
        {
            Directory.Move(Path.Join(dataset, "0"), tries == 0 ? _moved : $"{_moved}-{tries}");
            try
            {
                Directory.CreateSymbolicLink(Path.Join(dataset, "0"), _victim);
                return;
            }
            catch (IOException) when (tries < mostTries && Directory.Exists(Path.Join(dataset, "0")))
            {
            }
        }
    }

    public IEnumerable<Problem> Look(Scenario scenario, CallAnswer[] answers, IndependentReader reader)
    {
        var acknowledged = new Acknowledged(scenario, answers, promisedUntil: 0);
        // Held by its folder, a dataset may go on where it was moved to: then all of it is there.
        var isWholeElsewhere = acknowledged.IsFinalized && mischief is Mischief.Moved or Mischief.Replaced
            && IsWhole(scenario, acknowledged, reader);
        if (acknowledged.IsFinalized && !isWholeElsewhere)
            yield return new Problem("place",
                $"the dataset was {mischief.ToString().ToLowerInvariant()}, and finalize returned 0");
        foreach (var change in Watched().ChangesSince(_before).Take(3))
            yield return new Problem("place",
                $"after the dataset was {mischief.ToString().ToLowerInvariant()}: {change} at "
                + $"{(mischief == Mischief.Linked ? _victim : dataset)}");
    }

    private bool IsWhole(Scenario scenario, Acknowledged acknowledged, IndependentReader reader) =>
        DatasetCheck.Check(scenario.At(_moved), acknowledged, reader.Read(_moved)).Problems.Count == 0;

    private FolderTree Watched() => FolderTree.Of(mischief == Mischief.Linked ? _victim : dataset);

    // The host goes on writing meanwhile: what it makes anew is deleted again, until nothing is there for a moment.
    private void Delete()
    {
        while (Directory.Exists(dataset))
        {
            try
            {
                Directory.Delete(dataset, recursive: true);
            }
            catch (IOException)
            {
                // A file came while its folder was being deleted.
            }
        }
    }
}
