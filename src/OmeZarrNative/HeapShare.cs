namespace OmeZarrNative;

/// <summary>A stream's part of the <see cref="HeapBudget"/>, until it is disposed of. Any thread.</summary>
internal sealed class HeapShare(HeapBudget budget, long wanted, long atTheEnd) : IDisposable
{
    /// <summary>What a byte of JSON takes as objects, and while it is written beside what others have added: the shortest members take most.</summary>
    public const long MetadataByteBytes = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<(int Image, string Name), long> _metadata = [];

    /// <summary>Bytes as long as the stream is open; the budget's to change.</summary>
    public long Wanted { get; set; } = wanted;

    /// <summary>More of them at its end.</summary>
    public long AtTheEnd { get; } = atTheEnd;

    /// <summary>Takes what metadata of a name needs, in place of what it needed before.</summary>
    /// <param name="image">Number of the image that it is of, below 0 for the dataset.</param>
    /// <param name="name">Its name.</param>
    /// <param name="jsonBytes">Bytes of its text.</param>
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

    // Once is enough: what has been removed is not found again.
    public void Dispose() => budget.Return(this);
}
