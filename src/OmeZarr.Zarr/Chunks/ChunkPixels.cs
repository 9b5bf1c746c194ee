namespace OmeZarr.Zarr.Chunks;

/// <summary>
/// A chunk that lies in pieces: planes of rows, each plane somewhere else in memory. What lies beyond the array's edges, and
/// planes that are missing, are the fill value 0 and need no memory. Encoders read it straight from where it lies.
/// </summary>
/// <remarks>
/// A view: whoever makes it keeps the memory of all planes alive, readable and unchanged while an encoder has it. The
/// bytes are those of the chunk in C order: plane after plane, row after row.
/// </remarks>
public readonly unsafe ref struct ChunkPixels
{
    /// <summary>All planes of the chunk, also those beyond the array's edge.</summary>
    public required ReadOnlySpan<ChunkPlane> Planes { get; init; }

    /// <summary>Rows of the chunk's planes, at least 1.</summary>
    public required int PlaneRows { get; init; }

    /// <summary>Bytes of the chunk's rows, at least 1; whole elements.</summary>
    public required int RowBytes { get; init; }

    /// <summary>Rows of each plane that are there; the rest is fill.</summary>
    public required int ValidRows { get; init; }

    /// <summary>Bytes of each row that are there; the rest is fill. Whole elements.</summary>
    public required int ValidRowBytes { get; init; }

    /// <summary>Bytes of one plane of the chunk.</summary>
    public int PlaneBytes => checked(PlaneRows * RowBytes);

    /// <summary>Bytes of the whole chunk.</summary>
    public int ChunkBytes => checked(Planes.Length * PlaneBytes);

    /// <summary>Gathers the whole chunk.</summary>
    /// <param name="destination">Receives the first <see cref="ChunkBytes"/> bytes.</param>
    public void CopyTo(Span<byte> destination) => new ChunkPixelCursor(this).CopyTo(destination[..ChunkBytes]);

    /// <summary>The chunk where all of it lies in one piece, or null.</summary>
    public byte* WholeOrNull()
    {
        if (Planes.Length == 0 || Planes[0].IsMissing || ValidRows != PlaneRows || ValidRowBytes != RowBytes)
            return null;
        if (PlaneRows > 1 && Planes[0].RowStride != RowBytes)
            return null;
        for (var i = 1; i < Planes.Length; i++)
        {
            if (Planes[i].First != Planes[i - 1].First + PlaneBytes || Planes[i].RowStride != Planes[0].RowStride)
                return null;
        }

        return (byte*)Planes[0].First;
    }
}

/// <summary>One plane of a <see cref="ChunkPixels"/>.</summary>
/// <param name="First">Address of the first byte of the first row, or 0 for a plane that is missing.</param>
/// <param name="RowStride">Bytes from one row to the next.</param>
public readonly record struct ChunkPlane(nint First, long RowStride)
{
    /// <summary>A plane of nothing but the fill value.</summary>
    public static ChunkPlane Missing => default;

    public bool IsMissing => First == 0;
}
