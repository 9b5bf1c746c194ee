namespace OmeZarr.Kill;

/// <summary>Damage to a dataset that must be noticed: the control of this harness.</summary>
internal static class Damage
{
    private const int FileHasToHave = 8;

    /// <summary>Damages one of the chunks and shards of full resolution.</summary>
    public static void Do(string kind, string dataset, Random random)
    {
        if (kind == "none" || !Directory.Exists(dataset))
            return;
        string[] files = [.. Directory.EnumerateFiles(dataset, "*", SearchOption.AllDirectories)
            .Where(file => file.Contains("/0/c/", StringComparison.Ordinal) && !Path.GetFileName(file).StartsWith('.'))
            .Where(file => new FileInfo(file).Length >= FileHasToHave)
            .Order(StringComparer.Ordinal)];
        if (files.Length == 0)
            return;
        var file = files[random.Next(files.Length)];
        if (kind == "delete")
        {
            File.Delete(file);
            return;
        }

        using var stream = File.Open(file, FileMode.Open);
        if (kind == "cut")
        {
            stream.SetLength(stream.Length / 2);
            return;
        }

        // The first bytes are pixels or a codec's own, whatever the layout.
        var first = stream.ReadByte();
        stream.Position = 0;
        stream.WriteByte((byte)(first ^ 0xFF));
    }
}
