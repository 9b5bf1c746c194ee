using OmeZarr.Cli.Terminal;

namespace OmeZarr.Cli.Recording;

/// <summary>What files on the command line are.</summary>
internal static class FramesOnDisk
{
    private static readonly byte[][] TiffMarks =
        [[0x49, 0x49, 42, 0], [0x4d, 0x4d, 0, 42], [0x49, 0x49, 43, 0], [0x4d, 0x4d, 0, 43]];

    /// <summary>Whether the files are TIFF; all of them or none.</summary>
    public static bool AreTiff(string[] paths)
    {
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
                throw UserException.CannotAccess($"'{path}' is a folder; name the files in it");
            if (!File.Exists(path))
                throw UserException.NotThere(path);
        }

        var tiffs = paths.Count(IsTiff);
        if (tiffs != 0 && tiffs != paths.Length)
            throw UserException.Usage("some of the files are TIFF and some are not; record them one after the other");
        return tiffs > 0;
    }

    private static bool IsTiff(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        Span<byte> start = stackalloc byte[4];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var found = start[..read].ToArray();
        return TiffMarks.Any(mark => mark.AsSpan().SequenceEqual(found));
    }
}
