using System.Text.Json;
using OmeZarr.Storage;
using OmeZarr.Storage.Zip;
using OmeZarr.Zarr;

namespace OmeZarr.Cli.Verification;

/// <summary>A dataset in a single file: the checksums of its entries, and what RFC-9 says of such files.</summary>
/// <seealso href="https://ngff.openmicroscopy.org/rfc/9/index.html"/>
internal static class ZipCheck
{
    private const string Kind = "zip";
    private const int MostBytesAtOnce = 4 << 20;

    /// <param name="store">The file.</param>
    /// <param name="version">The version of the dataset, or null.</param>
    /// <param name="quick">Whether checksums are left out, for which everything is read.</param>
    /// <param name="findings">Told what is wrong.</param>
    /// <param name="cancel">Gives up.</param>
    public static void Check(ZipStore store, string? version, bool quick, Findings findings, CancellationToken cancel)
    {
        CheckOrder(store.Names, findings);
        CheckComment(store.Comment, version, findings);
        var buffer = quick ? [] : new byte[MostBytesAtOnce];
        foreach (var name in store.Names)
        {
            cancel.ThrowIfCancellationRequested();
            var entry = store.Entry(name);
            if (!entry.IsStored)
                findings.Error(Kind, name, "is compressed by the zip file: parts of it cannot be read");
            else if (!quick && StoreKey.IsPart(name.Replace('/', '_')) && Crc(store, name, entry, buffer, cancel) != entry.Crc)
                findings.Error(Kind, name, "its bytes are not those that were packed: the checksum differs");
        }
    }

    private static uint Crc(ZipStore store, string name, ZipEntry entry, byte[] buffer, CancellationToken cancel)
    {
        uint crc = 0;
        for (long at = 0; at < entry.Bytes; at += buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, entry.Bytes - at));
            store.ReadAt(name, at, part, cancel);
            crc = Crc32.Append(crc, part);
        }

        return crc;
    }

    private static void CheckOrder(IReadOnlyList<string> names, Findings findings)
    {
        if (names.Count > 0 && names[0] != ArrayMetadata.Key)
            findings.Warning(Kind, names[0], $"is the first entry, and {ArrayMetadata.Key} should be: readers look for it there");
        var documents = names.TakeWhile(IsDocument).ToArray();
        if (names.Skip(documents.Length).FirstOrDefault(IsDocument) is { } late)
            findings.Warning(Kind, late, "comes behind chunks, and documents should come first");
        var depths = documents.Select(name => name.Count(c => c == '/')).ToArray();
        if (!depths.SequenceEqual(depths.Order()))
            findings.Warning(Kind, "", "its documents are not in the order of depth");
    }

    private static bool IsDocument(string name) =>
        name == ArrayMetadata.Key || name.EndsWith($"/{ArrayMetadata.Key}", StringComparison.Ordinal);

    private static void CheckComment(ReadOnlySpan<byte> comment, string? version, Findings findings)
    {
        string? told = null;
        try
        {
            var reader = new Utf8JsonReader(comment);
            using var json = JsonDocument.ParseValue(ref reader);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("ome", out var ome)
                && ome.ValueKind == JsonValueKind.Object && ome.TryGetProperty("version", out var own)
                && own.ValueKind == JsonValueKind.String)
                told = own.GetString();
        }
        catch (JsonException)
        {
            // Then it says nothing.
        }

        if (told is null)
            findings.Warning(Kind, "", "its comment does not tell the version of OME-Zarr");
        else if (version is not null && told != version)
            findings.Warning(Kind, "", $"its comment tells OME-Zarr {told}, and the dataset is {version}");
    }
}
