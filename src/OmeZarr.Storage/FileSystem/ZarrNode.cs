using System.Text.Json;

namespace OmeZarr.Storage.FileSystem;

/// <summary>What a folder inside a dataset is to Zarr, and so which files may be in it.</summary>
/// <remarks>
/// <see href="https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#chunk-key-encodings">Chunk keys of Zarr v3</see> and
/// <see href="https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html#arrays">of v2</see>.
/// </remarks>
internal readonly record struct ZarrNode
{
    /// <summary>The description of a collection in the format of OME-TIFF.</summary>
    public const string OmeXml = "METADATA.ome.xml";

    private const string OmeFolder = "OME";

    /// <summary>Larger than any document that tells what an array's chunks are named.</summary>
    private const int MostDocumentBytes = 256 << 20;

    private enum Role
    {
        Group,
        Ome,
        Array,

        /// <summary>Somewhere between an array and its chunks.</summary>
        Grid,
    }

    private Role Is { get; init; }

    /// <summary>Parts of a chunk's name that are still to come.</summary>
    private int Parts { get; init; }

    /// <summary>Whether they are folders rather than parts of one file's name.</summary>
    private bool AreFolders { get; init; }

    /// <summary>Whether "c" comes before them.</summary>
    private bool HasPrefix { get; init; }

    public bool IsGroup => Is is Role.Group or Role.Ome;

    /// <summary>What a folder is by the documents in it; without any, a group like those that v2 leaves out.</summary>
    public static ZarrNode Of(Folder folder)
    {
        if (folder.Read("zarr.json", MostDocumentBytes) is { } document)
            return OfDocument(document, OfVersion3);
        return folder.Read(".zarray", MostDocumentBytes) is { } older ? OfDocument(older, OfVersion2) : default;
    }

    /// <summary>What a folder of that name is; null when it is none of the node's.</summary>
    public ZarrNode? Within(string name) => Is switch
    {
        Role.Group => new ZarrNode { Is = name == OmeFolder ? Role.Ome : Role.Group },
        Role.Ome => default(ZarrNode),
        Role.Array when HasPrefix => name == "c" && AreFolders && Parts > 0 ? this with { Is = Role.Grid } : null,
        _ => AreFolders && Parts > 1 && IsNumber(name) ? this with { Is = Role.Grid, Parts = Parts - 1 } : null,
    };

    /// <summary>The same once the folder is open: a group's folder may turn out to be an array.</summary>
    public ZarrNode Resolved(Folder folder)
    {
        if (!IsGroup)
            return this;
        var found = Of(folder);
        return found.Is == Role.Group ? this : found;
    }

    /// <summary>Whether a file of that name is one of the node's, beside documents.</summary>
    public bool HasFile(string name) => Is switch
    {
        Role.Ome => name == OmeXml,
        Role.Group => false,
        Role.Array when HasPrefix && Parts == 0 => name == "c",
        Role.Array when HasPrefix =>
            !AreFolders && name.StartsWith("c.", StringComparison.Ordinal) && AreNumbers(name[2..], Parts),
        Role.Array when Parts == 0 => name == "0",
        _ => AreFolders ? Parts == 1 && IsNumber(name) : AreNumbers(name, Parts),
    };

    private static ZarrNode OfDocument(byte[] document, Func<JsonElement, ZarrNode> of)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            return json.RootElement.ValueKind == JsonValueKind.Object ? of(json.RootElement) : default;
        }
        catch (JsonException)
        {
            // Damaged: no array then, and its chunks are nobody's that this knows.
            return default;
        }
    }

    private static ZarrNode OfVersion3(JsonElement json)
    {
        if (Text(json, "node_type") != "array" || Dimensions(json) is not { } dimensions)
            return default;
        var encoding = Member(json, "chunk_key_encoding");
        var isDefault = Text(encoding, "name") != "v2";
        var separator = Text(Member(encoding, "configuration"), "separator") ?? (isDefault ? "/" : ".");
        return new ZarrNode { Is = Role.Array, Parts = dimensions, HasPrefix = isDefault, AreFolders = separator == "/" };
    }

    private static ZarrNode OfVersion2(JsonElement json) => Dimensions(json) is { } dimensions
        ? new ZarrNode { Is = Role.Array, Parts = dimensions, AreFolders = Text(json, "dimension_separator") == "/" }
        : default;

    private static int? Dimensions(JsonElement json) =>
        Member(json, "shape") is { ValueKind: JsonValueKind.Array } shape ? shape.GetArrayLength() : null;

    private static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool IsNumber(string name) => name.Length > 0 && name.All(char.IsAsciiDigit);

    private static bool AreNumbers(string name, int count)
    {
        var parts = name.Split('.');
        return parts.Length == count && parts.All(IsNumber);
    }
}
