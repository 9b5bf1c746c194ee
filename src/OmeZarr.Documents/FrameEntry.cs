namespace OmeZarr.Documents;

/// <summary>What is known of one frame, for the documents that list frames.</summary>
/// <param name="Frame">Its number in acquisition order.</param>
/// <param name="Properties">Its typed properties.</param>
/// <param name="Json">The object that came with it, in UTF-8, checked; empty for none.</param>
public sealed record FrameEntry(long Frame, FrameProperties Properties, ReadOnlyMemory<byte> Json)
{
    /// <summary>
    /// The most frames of a dataset that documents list; of more, documents say where the arrays are. All of them are in
    /// memory at the end, which every stream's estimate has room for.
    /// </summary>
    public const int MostListed = 10_000;

    /// <summary>The most JSON of all frames that documents list, in bytes.</summary>
    public const long MostListedJsonBytes = 256 << 10;

    /// <summary>The most planes in the attributes of one image.</summary>
    public const int MostListedInImage = 10_000;
}
