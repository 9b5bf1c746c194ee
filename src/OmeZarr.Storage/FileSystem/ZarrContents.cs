namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Tells what writers of Zarr put into a dataset's folder from what somebody else put there: only the first may ever be
/// deleted.
/// </summary>
/// <remarks>
/// Known are: documents of Zarr v2 and v3; chunk and shard files of arrays, named as the array's document says;
/// <c>OME/METADATA.ome.xml</c>; unfinished objects of this store (<c>.NAME.partial</c>, <c>.NAME.NUMBER.tmp</c>, marks of a
/// beginning); and what file managers leave. <c>labels</c> are somebody's annotations, whoever wrote them.
/// </remarks>
internal static class ZarrContents
{
    /// <summary>Deeper than any dataset; a folder that is deeper is somebody's own.</summary>
    private const int DeepestFolder = 64;

    /// <summary>What each node of a Zarr v3 has.</summary>
    public const string Document = "zarr.json";

    /// <summary>One of these makes a folder a Zarr.</summary>
    public static readonly string[] Marks = [Document, ".zgroup", ".zarray"];

    private static readonly string[] Documents = ["zarr.json", ".zgroup", ".zarray", ".zattrs", ".zmetadata"];
    private static readonly string[] Droppings = [".DS_Store", "Thumbs.db"];

    /// <summary>Whether a folder is a Zarr, by a document of its own.</summary>
    public static bool IsZarr(Folder folder) => Marks.Any(mark => folder.StatusOf(mark)?.Kind == EntryKind.File);

    /// <summary>The path below a dataset of the first thing that no writer of Zarr put there; null when there is none.</summary>
    public static string? FirstForeign(Folder root) => FirstForeign(root, "", ZarrNode.Of(root), 0);

    /// <summary>Whether a dataset has documents only, or less: nothing has been written to it yet.</summary>
    public static bool HasNoData(Folder root) => HasNoData(root, 0);

    /// <summary>
    /// Deletes the objects that a killed process was writing: <c>.NAME.partial</c> and <c>.NAME.NUMBER.tmp</c>. No other process
    /// may be writing any.
    /// </summary>
    public static void RemoveUnfinished(Folder root) => RemoveUnfinished(root, ZarrNode.Of(root), 0);

    /// <summary>Deletes what <see cref="FirstForeign(Folder)"/> does not name, and then every folder that is empty.</summary>
    /// <param name="root">The dataset's folder; it stays, and so do the marks of a beginning in it.</param>
    /// <returns>Whether nothing is left in it.</returns>
    public static bool Clear(Folder root) => Clear(root, "", ZarrNode.Of(root), 0);

    /// <summary>
    /// Deletes everything in a folder that nobody but this process has ever seen. Links are removed, not followed.
    /// </summary>
    public static void ClearWhole(Folder folder, int depth = 0)
    {
        foreach (var entry in folder.List())
        {
            if (entry.Kind != EntryKind.Folder)
            {
                if (depth > 0 || !IsMark(entry.Name))
                    folder.RemoveFile(entry.Name);
            }
            else if (depth < DeepestFolder)
            {
                using (var below = folder.TryOpenBelow(entry.Name))
                {
                    if (below is not null)
                        ClearWhole(below, depth + 1);
                }

                folder.RemoveFolder(entry.Name);
            }
        }
    }

    private static string? FirstForeign(Folder folder, string path, ZarrNode node, int depth)
    {
        foreach (var entry in folder.List())
        {
            var at = Join(path, entry.Name);
            if (entry.Kind == EntryKind.Folder)
            {
                if (depth == DeepestFolder || Within(node, folder, entry.Name) is not { } inner)
                    return at;
                using var below = folder.TryOpenBelow(entry.Name);
                if (below is not null && FirstForeign(below, at, inner.Resolved(below), depth + 1) is { } foreign)
                    return foreign;
            }
            else if (entry.Kind != EntryKind.File || !IsKnownFile(node, entry.Name))
            {
                return at;
            }
        }

        return null;
    }

    private static bool HasNoData(Folder folder, int depth)
    {
        foreach (var entry in folder.List())
        {
            if (entry.Kind == EntryKind.Folder && depth < DeepestFolder)
            {
                using var below = folder.TryOpenBelow(entry.Name);
                if (below is not null && !HasNoData(below, depth + 1))
                    return false;
            }
            else if (entry.Kind != EntryKind.File
                || !(IsDocument(entry.Name) || entry.Name == ZarrNode.OmeXml || IsDocumentLeftover(entry.Name)))
            {
                return false;
            }
        }

        return true;
    }

    private static void RemoveUnfinished(Folder folder, ZarrNode node, int depth)
    {
        foreach (var entry in folder.List())
        {
            if (entry.Kind == EntryKind.File && !IsMark(entry.Name) && IsLeftover(node, entry.Name))
                folder.RemoveFile(entry.Name);
            if (entry.Kind != EntryKind.Folder || depth == DeepestFolder || Within(node, folder, entry.Name) is not { } inner)
                continue;
            using var below = folder.TryOpenBelow(entry.Name);
            if (below is not null)
                RemoveUnfinished(below, inner.Resolved(below), depth + 1);
        }
    }

    private static bool Clear(Folder folder, string path, ZarrNode node, int depth)
    {
        var isEmpty = true;
        List<string> documents = [];
        foreach (var entry in folder.List())
        {
            if (entry.Kind == EntryKind.Folder)
            {
                isEmpty &= depth < DeepestFolder
                    && Within(node, folder, entry.Name) is { } inner
                    && ClearFolder(folder, entry.Name, path, inner, depth);
            }
            else if (entry.Kind != EntryKind.File || !IsKnownFile(node, entry.Name))
                isEmpty = false;
            else if (depth == 0 && IsMark(entry.Name))
                continue;
            else if (IsDocument(entry.Name))
                documents.Add(entry.Name);
            else
                folder.RemoveFile(entry.Name);
        }

        // Last, and only when all is gone that they describe: should the process be killed, the next one knows the rest as well.
        if (isEmpty)
            documents.ForEach(document => folder.RemoveFile(document));
        return isEmpty;
    }

    private static bool ClearFolder(Folder folder, string name, string path, ZarrNode node, int depth)
    {
        using (var below = folder.TryOpenBelow(name))
        {
            if (below is null)
                return true;
            if (!Clear(below, Join(path, name), node.Resolved(below), depth + 1))
                return false;
        }

        return folder.RemoveFolder(name);
    }

    // What may lie in a folder of a node; null: the folder is not the node's.
    private static ZarrNode? Within(ZarrNode node, Folder folder, string name) =>
        name == "labels" && node.IsGroup && Has(folder, name) ? null : node.Within(name);

    // An empty folder of that name holds nobody's work.
    private static bool Has(Folder folder, string name)
    {
        using var below = folder.TryOpenBelow(name);
        return below?.IsEmpty() == false;
    }

    private static bool IsKnownFile(ZarrNode node, string name) =>
        IsDocument(name) || node.HasFile(name) || IsLeftover(node, name) || Droppings.Contains(name);

    private static bool IsDocument(string name) => Documents.Contains(name);

    private static bool IsLeftover(ZarrNode node, string name) =>
        IsMark(name)
        || (UnfinishedName(name) is { } final && (IsDocument(final) || node.HasFile(final)));

    private static bool IsDocumentLeftover(string name) =>
        IsMark(name)
        || (UnfinishedName(name) is { } final && (IsDocument(final) || final == ZarrNode.OmeXml));

    private static bool IsMark(string name) => name is Beginning.Mark or Beginning.InPlaceMark;

    // Of an object that was being written: .NAME.partial, .NAME.NUMBER.tmp
    private static string? UnfinishedName(string name)
    {
        const string partial = ".partial", temporary = ".tmp";
        if (name.Length < 2 || name[0] != '.')
            return null;
        if (name.EndsWith(partial, StringComparison.Ordinal))
            return name[1..^partial.Length];
        if (!name.EndsWith(temporary, StringComparison.Ordinal))
            return null;
        var numbered = name[1..^temporary.Length];
        var dot = numbered.LastIndexOf('.');
        return dot > 0 && numbered[(dot + 1)..].All(char.IsAsciiHexDigit) ? numbered[..dot] : null;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}/{name}";
}
