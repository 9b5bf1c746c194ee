using System.Runtime.CompilerServices;
using OmeZarr.Acquisition;
using OmeZarr.Memory;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>What came with a frame, on its way through the ring.</summary>
/// <param name="Properties">The typed properties.</param>
/// <param name="Text">Its JSON in the <see cref="TextPool"/>, or <see cref="TextPool.None"/>.</param>
/// <param name="TextBytes">Bytes of the JSON.</param>
internal readonly record struct FrameNote(FrameProperties Properties, int Text, int TextBytes)
{
    /// <summary>Nothing.</summary>
    public static FrameNote None => new(default, TextPool.None, 0);

    public bool IsEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Properties.Has == FrameProperty.None && Text == TextPool.None;
    }
}

/// <summary>
/// The metadata of the frames in flight, by their places in the ring: left there by a producer before it publishes the frame,
/// taken by the distributor before it lets go of the place. The ring's queue orders the two.
/// </summary>
internal sealed class FrameNotes(int places) : IDisposable
{
    private readonly FixedTable<FrameNote> _notes = new(places);

    /// <summary>Room for the texts.</summary>
    public TextPool Texts { get; } = new();

    /// <summary>The most bytes that a session with so many places holds.</summary>
    public static long BytesFor(int places) => checked(TextPool.TotalBytes + FixedTable.BytesFor<FrameNote>(places));

    /// <summary>Leaves a note at the place of its frame; before the frame is published, whose record says that there is one.</summary>
    public void Put(int place, in FrameNote note) => _notes[place] = note;

    /// <summary>The note of a frame that was taken from the ring.</summary>
    public ref readonly FrameNote Of(int place) => ref _notes[place];

    public void Dispose()
    {
        Texts.Dispose();
        _notes.Dispose();
    }
}
