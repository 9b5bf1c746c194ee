using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Cli.Mending;

/// <summary>
/// Changes documents and keeps what they were, in a folder beside the dataset: inside of it readers, and writers that replace
/// it, would find files that are nobody's.
/// </summary>
internal sealed class KeptDocuments(string folder, FileSystemStore store)
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n" };

    private string? _place;

    /// <summary>Where the documents are kept; null when none was changed.</summary>
    public string? Place => _place;

    /// <summary>Replaces a document in one step, and makes it durable.</summary>
    public void Replace(string key, JsonNode json)
    {
        Keep(key);
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Options))
            json.WriteTo(writer);
        text.WriteByte((byte)'\n');
        store.Put(key, text.GetBuffer().AsSpan(0, (int)text.Length), durable: true);
    }

    /// <summary>Keeps a copy of a document as it is now, unless there is one.</summary>
    public void Keep(string key)
    {
        _place ??= FreePlace();
        var copy = Path.Join(_place, key.Replace('/', Path.DirectorySeparatorChar));
        if (File.Exists(copy))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(Path.Join(folder, key.Replace('/', Path.DirectorySeparatorChar)), copy);
    }

    private string FreePlace()
    {
        for (var number = 1; ; number++)
        {
            var suffix = number == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{number}");
            var place = $"{folder}.before-repair{suffix}";
            if (!Path.Exists(place))
                return place;
        }
    }
}
