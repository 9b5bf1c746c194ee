using System.Runtime.CompilerServices;
using OmeZarr.Documents;
using OmeZarr.Memory;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>The metadata of a frame, on its way through the ring.</summary>
/// <param name="Properties">The typed properties.</param>
/// <param name="Text">Its JSON in the <see cref="TextPool"/>, or <see cref="TextPool.None"/>.</param>
/// <param name="TextBytes">Bytes of the JSON.</param>
internal readonly record struct FrameValues(FrameProperties Properties, int Text, int TextBytes)
{
    /// <summary>Nothing.</summary>
    public static FrameValues None => new(default, TextPool.None, 0);

    public bool IsEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Properties.Has == FrameProperty.None && Text == TextPool.None;
    }
}

/// <summary>
/// The metadata of the frames in flight, by their slots in the ring. A producer puts it there before it publishes the frame; the
/// distributor takes it before it releases the slot. The ring's queue orders the two.
/// </summary>
internal sealed class FrameValuesInFlight(int slots) : IDisposable
{
    private readonly FixedTable<FrameValues> _values = new(slots);

    /// <summary>Room for the texts.</summary>
    public TextPool Texts { get; } = new();

    /// <summary>The most memory for that number of slots, in bytes.</summary>
    public static long BytesFor(int slots) => checked(TextPool.TotalBytes + FixedTable.BytesFor<FrameValues>(slots));

    /// <summary>
    /// Stores the values of the frame in a slot; before the frame is published, whose record says that there are some.
    /// </summary>
    public void Put(int slot, in FrameValues values) => _values[slot] = values;

    /// <summary>The values of a frame that was taken from the ring.</summary>
    public ref readonly FrameValues Of(int slot) => ref _values[slot];

    public void Dispose()
    {
        Texts.Dispose();
        _values.Dispose();
    }
}
