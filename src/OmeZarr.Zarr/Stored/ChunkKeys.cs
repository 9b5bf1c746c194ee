using System.Globalization;
using System.Text;
using System.Text.Json;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Stored;

/// <summary>How the keys of an array's chunks are made of their indices.</summary>
/// <param name="IsVersion2">Whether there is no <c>c</c> before the indices, as in Zarr v2.</param>
/// <param name="Separator">'/' or '.'.</param>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/chunk-key-encodings/index.html"/>
public readonly record struct ChunkKeys(bool IsVersion2, char Separator)
{
    private const string Default = "default";
    private const string Version2 = "v2";

    /// <summary>The key of a chunk below its array.</summary>
    public string KeyOf(ReadOnlySpan<long> index)
    {
        var key = new StringBuilder(IsVersion2 ? "" : "c");
        foreach (var i in index)
        {
            if (key.Length > 0)
                key.Append(Separator);
            key.Append(CultureInfo.InvariantCulture, $"{i}");
        }

        return key.ToString();
    }

    /// <exception cref="ZarrFormatException">It is not valid, or not supported.</exception>
    internal static ChunkKeys Parse(JsonElement encoding)
    {
        const string what = "chunk_key_encoding";
        var name = encoding.Name(what);
        if (name is not (Default or Version2))
            throw new ZarrFormatException($"The {what} \"{name}\" is not supported; known are \"{Default}\" and \"{Version2}\".");
        var separator = encoding.OptionalMember("configuration") is { } configuration
            && configuration.OptionalMember("separator") is not null
                ? configuration.Text("separator")
                : name == Default ? "/" : ".";
        return separator is "/" or "."
            ? new ChunkKeys(name == Version2, separator[0])
            : throw new ZarrFormatException($"The separator of {what} must be \"/\" or \".\", not \"{separator}\".");
    }
}
