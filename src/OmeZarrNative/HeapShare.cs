namespace OmeZarrNative;

/// <summary>A stream's share of the <see cref="HeapBudget"/>, until it is disposed of. Any thread.</summary>
internal sealed class HeapShare(HeapBudget budget, long wanted, long atTheEnd) : IDisposable
{
    /// <summary>
    /// What a byte of JSON takes as objects, and while it is written beside what others have added: the shortest members take
    /// most.
    /// </summary>
    public const long MetadataByteBytes = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<(int Image, string Name), long> _metadata = [];

    /// <summary>Bytes needed while the stream is open; changed by the budget only.</summary>
    public long Wanted { get; set; } = wanted;

    /// <summary>Additional bytes at its end.</summary>
    public long AtTheEnd { get; } = atTheEnd;

    /// <summary>Reserves what a named piece of metadata needs, in place of what it needed before.</summary>
    /// <param name="image">Number of the image that it describes, negative for the dataset.</param>
    /// <param name="name">Its name.</param>
    /// <param name="jsonBytes">Size of its text in bytes.</param>
    /// <exception cref="Abi.AbiException">There is not so much left.</exception>
    public void TakeForMetadata(int image, string name, long jsonBytes)
    {
        lock (_lock)
        {
            var before = _metadata.GetValueOrDefault((image, name));
            budget.Resize(this, Wanted + (jsonBytes - before) * MetadataByteBytes);
            _metadata[(image, name)] = jsonBytes;
        }
    }

    // May be called again: a share that has been removed is not found again.
    public void Dispose() => budget.Return(this);
}
