using System.Collections.Immutable;
using OmeZarr.Reading;

namespace OmeZarr.Cli.Inspection;

/// <summary>What a dataset is and how large, as far as its documents and its files tell.</summary>
internal sealed record DatasetReport
{
    public required string Path { get; init; }

    public required DatasetKind Kind { get; init; }

    public required string? Version { get; init; }

    public required OwnRecord? Own { get; init; }

    public required PlateReport? Plate { get; init; }

    public required ImmutableArray<ImageReport> Images { get; init; }

    public required bool HasOmeXml { get; init; }

    /// <summary>Files below the dataset, and their bytes.</summary>
    public required long Files { get; init; }

    public required long FileBytes { get; init; }

    /// <summary>Bytes of all pixels of full resolution, if they were stored as they are.</summary>
    public Int128 PixelBytes
    {
        get
        {
            Int128 bytes = 0;
            foreach (var image in Images)
                bytes += image.Levels is [var full, ..] ? full.PixelBytes : 0;
            return bytes;
        }
    }
}

/// <summary>A plate.</summary>
internal sealed record PlateReport(string? Name, int Rows, int Columns, int Wells);

/// <summary>An image of the dataset.</summary>
/// <param name="Path">Its group; empty for the root.</param>
/// <param name="Image">What its metadata say; null when they cannot be read.</param>
/// <param name="Levels">Its arrays.</param>
/// <param name="Error">Why it cannot be read; null when it can.</param>
internal sealed record ImageReport(string Path, DatasetImage? Image, ImmutableArray<LevelReport> Levels, string? Error);

/// <summary>An array of an image.</summary>
internal sealed record LevelReport
{
    public required ImageLevel Level { get; init; }

    /// <summary>Chunks, or shards, that there are as files.</summary>
    public required long Objects { get; init; }

    /// <summary>How many there are when all of its shape is stored.</summary>
    public required long ExpectedObjects { get; init; }

    /// <summary>Their bytes.</summary>
    public required long StoredBytes { get; init; }

    public Int128 PixelBytes
    {
        get
        {
            Int128 bytes = Level.Array.Metadata.Type.Size;
            foreach (var length in Level.Array.Metadata.Shape)
                bytes *= length;
            return bytes;
        }
    }
}
