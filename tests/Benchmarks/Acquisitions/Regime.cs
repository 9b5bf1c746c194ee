using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Benchmarks.Acquisitions;

/// <summary>A layout with a codec.</summary>
internal sealed record Regime(Layout Layout, Compression Compression)
{
    public bool IsRaw => Compression is Compression.None;

    public string CodecName => Compression switch
    {
        Compression.Blosc blosc => $"blosc-{Word(blosc.Compressor)} L{blosc.Level} {Word(blosc.Shuffle)} shuffle",
        Compression.Zstd zstd => $"zstd L{zstd.Level}",
        Compression.None => "raw",
        _ => throw new NotSupportedException($"{Compression} is not measured"),
    };

    public string Name => $"{Layout}, {CodecName}";

    private static string Word<T>(T value)
        where T : Enum => value.ToString().ToLowerInvariant();
}
