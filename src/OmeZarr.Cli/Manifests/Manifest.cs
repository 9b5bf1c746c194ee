using OmeZarr.Cli.Terminal;

namespace OmeZarr.Cli.Manifests;

/// <summary>What a file was when it was read.</summary>
/// <param name="Key">Its path below the dataset.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its digest, in hexadecimal digits; null when it could not be made.</param>
/// <param name="Problem">Why there is no digest, or why it is not to be relied upon.</param>
internal sealed record ManifestEntry(string Key, long Bytes, string? Sha256, string? Problem);

/// <summary>Reads every file of a folder once; several at a time, told of in order.</summary>
internal sealed class Manifest(string folder, CancellationToken cancel)
{
    /// <summary>Files that are read before those that come after them are begun.</summary>
    private const int Batch = 256;

    private const int BufferBytes = 1 << 20;

    /// <summary>The entries, made while they are enumerated.</summary>
    public IEnumerable<ManifestEntry> Read(IProgressBar progress)
    {
        foreach (var batch in FolderFiles.Below(folder, cancel).Chunk(Batch))
        {
            var entries = new ManifestEntry[batch.Length];
            Parallel.For(0, batch.Length, new ParallelOptions { CancellationToken = cancel },
                i => entries[i] = EntryOf(batch[i], progress));
            foreach (var entry in entries)
                yield return entry;
        }
    }

    private ManifestEntry EntryOf(FolderFile file, IProgressBar progress)
    {
        if (!file.IsPlain)
            return new ManifestEntry(file.Key, 0, null, "is a link or no plain file, and is left out");
        try
        {
            return Digest(file, progress);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ManifestEntry(file.Key, 0, null, $"cannot be read: {e.Message}");
        }
    }

    private ManifestEntry Digest(FolderFile file, IProgressBar progress)
    {
        using var opened = File.OpenHandle(file.Path, FileMode.Open, FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        var before = (RandomAccess.GetLength(opened), File.GetLastWriteTimeUtc(opened));
        var digest = new Sha256();
        var buffer = new byte[Math.Clamp(before.Item1, 1, BufferBytes)];
        long bytes = 0;
        while (RandomAccess.Read(opened, buffer, bytes) is > 0 and var read)
        {
            cancel.ThrowIfCancellationRequested();
            digest.Add(buffer.AsSpan(0, read));
            bytes += read;
            progress.Add(read);
        }

        var changed = before != (bytes, File.GetLastWriteTimeUtc(opened));
        return new ManifestEntry(file.Key, bytes, digest.Finish(), changed ? "was changed while it was read" : null);
    }
}
