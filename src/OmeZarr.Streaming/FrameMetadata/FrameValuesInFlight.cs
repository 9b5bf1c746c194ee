using System.Runtime.CompilerServices;
using OmeZarr.Documents;
using OmeZarr.Memory;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>What came with a frame, on its way through the ring.</summary>
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
/// The metadata of the frames in flight, by their slots in the ring: left there by a producer before it publishes the frame,
/// taken by the distributor before it releases the slot. The ring's queue orders the two.
/// </summary>
internal sealed class FrameValuesInFlight(int slots) : IDisposable
{
    private readonly FixedTable<FrameValues> _values = new(slots);

    /// <summary>Room for the texts.</summary>
    public TextPool Texts { get; } = new();

    /// <summary>The most bytes that a session with so many slots holds.</summary>
    public static long BytesFor(int slots) => checked(TextPool.TotalBytes + FixedTable.BytesFor<FrameValues>(slots));

    /// <summary>Leaves a note at the slot of its frame; before the frame is published, whose record says that there is one.</summary>
    public void Put(int slot, in FrameValues note) => _values[slot] = note;

    /// <summary>The note of a frame that was taken from the ring.</summary>
    public ref readonly FrameValues Of(int slot) => ref _values[slot];

    public void Dispose()
    {
        Texts.Dispose();
        _values.Dispose();
    }
}
