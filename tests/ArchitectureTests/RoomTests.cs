namespace OmeZarr.ArchitectureTests;

/// <summary>
/// Who may reference whom, and where pointers may live. A new arrow is a decision: it is made here, with a reason.
/// </summary>
internal sealed class RoomTests
{
    private const string Everything = "*";

    // Data flows one way. Zarr knows nothing of OME metadata, Ngff nothing of storage, Streaming a store only as IWritableStore.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["OmeZarr.Memory"] = [],
        ["OmeZarr.Concurrency"] = ["OmeZarr.Memory"],
        ["OmeZarr.Storage"] = [],
        ["OmeZarr.Ngff"] = [],
        ["OmeZarr.Zarr"] = ["OmeZarr.Memory"],
        ["OmeZarr.Acquisition"] = ["OmeZarr.Ngff", "OmeZarr.Zarr"],
        ["OmeZarr.Documents"] = ["OmeZarr.Acquisition", "OmeZarr.Ngff", "OmeZarr.Zarr"],
        ["OmeZarr.Streaming"] = ["OmeZarr.Acquisition", "OmeZarr.Concurrency", "OmeZarr.Documents", "OmeZarr.Memory",
            "OmeZarr.Storage", "OmeZarr.Zarr"],
        ["OmeZarr.Reading"] = ["OmeZarr.Concurrency", "OmeZarr.Memory", "OmeZarr.Ngff", "OmeZarr.Storage", "OmeZarr.Zarr"],
        ["OmeZarr.Serving"] = ["OmeZarr.Concurrency", "OmeZarr.Memory", "OmeZarr.Ngff", "OmeZarr.Reading", "OmeZarr.Storage",
            "OmeZarr.Zarr"],
        ["OmeZarrNative"] = [Everything],
        ["OmeZarr.Cli"] = [Everything],
    };

    // Ring and buffers; codecs; the encoders' loops; the readers' buffers; calls of the operating system; the C ABI.
    private static readonly string[] MayUsePointers =
    [
        "OmeZarr.Concurrency", "OmeZarr.Memory", "OmeZarr.Reading", "OmeZarr.Storage", "OmeZarr.Streaming", "OmeZarr.Zarr",
        "OmeZarrNative",
    ];

    [Test]
    public void ShouldFindTheRooms() =>
        Assert.That(ProjectFile.Rooms.Select(room => room.Name), Is.SupersetOf(Allowed.Keys.Except(["OmeZarr.Cli"])));

    [TestCaseSource(typeof(ProjectFile), nameof(ProjectFile.Rooms))]
    public void ShouldReferenceOnlyTheRoomsItMay(object room)
    {
        var project = (ProjectFile)room;
        Assert.That(Allowed, Contains.Key(project.Name), "a new room has to be given its place in this list");
        if (Allowed[project.Name] is [Everything])
            return;
        Assert.That(project.References, Is.SubsetOf(Allowed[project.Name]), $"what {project} references");
    }

    [TestCaseSource(typeof(ProjectFile), nameof(ProjectFile.Rooms))]
    public void ShouldUsePointersOnlyWhereTheyBelong(object room)
    {
        var project = (ProjectFile)room;
        Assert.That(project.AllowsUnsafe && !MayUsePointers.Contains(project.Name), Is.False, $"AllowUnsafeBlocks in {project}");
    }

    [Test]
    public void ShouldNotBeReferencedByTheThingsItIsMadeOf()
    {
        string[] roots = ["OmeZarrNative", "OmeZarr.Cli"];
        Assert.That(ProjectFile.Rooms.Where(room => room.References.Intersect(roots).Any()), Is.Empty,
            "nothing below src builds on the exports");
    }

    [Test]
    public void ShouldExportOnlyFromThePublishedProject()
    {
        // Exports of a referenced project are dropped by the compiler, silently.
        string[] files =
        [
            .. Directory.EnumerateFiles(Path.Join(ProjectFile.Root, "src"), "*.cs", SearchOption.AllDirectories)
                .Where(path =>
                    !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .Where(path => File.ReadAllText(path).Contains("[UnmanagedCallersOnly(EntryPoint", StringComparison.Ordinal))
                .Select(path => Path.GetRelativePath(Path.Join(ProjectFile.Root, "src"), path).Replace('\\', '/')),
        ];
        Assert.That(files, Is.Not.Empty.And.All.StartsWith("OmeZarrNative/"));
    }
}
