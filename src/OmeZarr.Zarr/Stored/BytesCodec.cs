namespace OmeZarr.Zarr.Stored;

/// <summary>A codec that turns bytes into bytes, as far as a reader has to know it: its name says how to undo it.</summary>
public enum BytesCodec
{
    /// <summary>The <c>blosc</c> codec.</summary>
    Blosc,

    /// <summary>The <c>zstd</c> codec.</summary>
    Zstd,

    /// <summary>The <c>gzip</c> codec.</summary>
    Gzip,

    /// <summary>The <c>crc32c</c> codec.</summary>
    Crc32C,
}

/// <summary>Names of <see cref="BytesCodec"/>.</summary>
public static class BytesCodecs
{
    private static readonly string[] Names = ["blosc", "zstd", "gzip", "crc32c"];

    /// <summary>The name in <c>zarr.json</c>.</summary>
    public static string Name(this BytesCodec codec) => Names[(int)codec];

    /// <summary>Finds a codec by its name.</summary>
    internal static BytesCodec? Of(string name) => Array.IndexOf(Names, name) is var found and >= 0 ? (BytesCodec)found : null;
}
