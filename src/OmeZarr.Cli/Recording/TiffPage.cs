using System.Globalization;
using BitMiracle.LibTiff.Classic;
using OmeZarr.Cli.Terminal;

namespace OmeZarr.Cli.Recording;

/// <summary>The page of a TIFF file that is current.</summary>
internal static class TiffPage
{
    private const int BitsPerByte = 8;

    /// <exception cref="UserException">Its pixels are of a kind that frames cannot have.</exception>
    public static FrameForm FormOf(Tiff file, string path)
    {
        var (width, height) = (Number(file, TiffTag.IMAGEWIDTH, 0), Number(file, TiffTag.IMAGELENGTH, 0));
        var (bits, samples) = (Number(file, TiffTag.BITSPERSAMPLE, 1), Number(file, TiffTag.SAMPLESPERPIXEL, 1));
        var format = (SampleFormat)Number(file, TiffTag.SAMPLEFORMAT, (int)SampleFormat.UINT);
        var isTogether = Number(file, TiffTag.PLANARCONFIG, (int)PlanarConfig.CONTIG) == (int)PlanarConfig.CONTIG;
        if (width <= 0 || height <= 0)
            throw UserException.CannotAccess($"'{path}' has a page without a size");
        var compression = (Compression)Number(file, TiffTag.COMPRESSION, (int)Compression.NONE);
        if (!file.IsCodecConfigured(compression))
            throw UserException.CannotAccess($"'{path}' is compressed in a way that cannot be read: {compression}");
        if (samples == 1 && DataTypeOf(bits, format) is { } type)
            return new FrameForm(width, height, type);
        if (bits == BitsPerByte && format == SampleFormat.UINT && isTogether && samples is 3 or 4)
            return new FrameForm(width, height, "uint8", samples == 3 ? "rgb8" : "rgba8");
        throw UserException.CannotAccess(
            $"'{path}' has pixels of {samples} x {bits} bits ({format}); gray of 8, 16, 32 or 64 bits and colours of 8 bits can "
                + $"be "
                + "recorded");
    }

    /// <summary>
    /// ImageJ writes stacks of more than 4 GiB as one page and puts the others behind it, where no page tells of them.
    /// </summary>
    public static void RefuseHiddenPages(Tiff file, long pages, string path)
    {
        const string images = "images=";
        if (file.GetField(TiffTag.IMAGEDESCRIPTION) is not [var field, ..] || field.ToString() is not { } text)
            return;
        if (!text.StartsWith("ImageJ=", StringComparison.Ordinal))
            return;
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(images, StringComparison.Ordinal));
        if (line is null || !long.TryParse(line[images.Length..], CultureInfo.InvariantCulture, out var claimed))
            return;
        if (claimed > pages)
        {
            throw UserException.CannotAccess(
                $"'{path}' has {Quantity.Count(pages, "page")} and {claimed} images: ImageJ wrote it in a form of its own. Save "
                    + $"it as "
                    + "OME-TIFF or as an image sequence");
        }
    }

    /// <summary>Reads its pixels with packed rows, lowest byte first.</summary>
    public static void Read(Tiff file, Span<byte> frame, string path)
    {
        var read = file.IsTiled() ? ReadTiles(file, frame) : ReadStrips(file, frame);
        if (!read)
            throw UserException.CannotAccess($"'{path}', page {file.CurrentDirectory() + 1}: {TiffErrors.Last}");
    }

    private static bool ReadStrips(Tiff file, Span<byte> frame)
    {
        var row = new byte[file.ScanlineSize()];
        var height = Number(file, TiffTag.IMAGELENGTH, 0);
        if (row.Length * (long)height != frame.Length)
            return false;
        for (var y = 0; y < height; y++)
        {
            if (!file.ReadScanline(row, y))
                return false;
            row.CopyTo(frame[(y * row.Length)..]);
        }

        return true;
    }

    private static bool ReadTiles(Tiff file, Span<byte> frame)
    {
        var (width, height) = (Number(file, TiffTag.IMAGEWIDTH, 0), Number(file, TiffTag.IMAGELENGTH, 0));
        var (tileWidth, tileHeight) = (Number(file, TiffTag.TILEWIDTH, 0), Number(file, TiffTag.TILELENGTH, 0));
        var pixel = frame.Length / width / height;
        var tile = new byte[file.TileSize()];
        var tileRow = file.TileRowSize();
        for (var y = 0; y < height; y += tileHeight)
        {
            for (var x = 0; x < width; x += tileWidth)
            {
                if (file.ReadTile(tile, 0, x, y, 0, 0) < 0)
                    return false;
                var bytes = Math.Min(tileWidth, width - x) * pixel;
                for (var row = 0; row < Math.Min(tileHeight, height - y); row++)
                    tile.AsSpan(row * tileRow, bytes).CopyTo(frame[(((y + row) * width + x) * pixel)..]);
            }
        }

        return true;
    }

    private static string? DataTypeOf(int bits, SampleFormat format) => (format, bits) switch
    {
        (SampleFormat.UINT or SampleFormat.VOID, 8 or 16 or 32 or 64) => $"uint{bits}",
        (SampleFormat.INT, 8 or 16 or 32 or 64) => $"int{bits}",
        (SampleFormat.IEEEFP, 32 or 64) => $"float{bits}",
        _ => null,
    };

    private static int Number(Tiff file, TiffTag tag, int otherwise) =>
        file.GetField(tag) is [var field, ..] ? field.ToInt() : otherwise;
}
