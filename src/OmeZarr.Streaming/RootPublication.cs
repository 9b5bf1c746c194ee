using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming;

/// <summary>
/// Keeps the root's document in step with the frames: one document for all cameras, written only when it changes. One thread at a
/// time.
/// </summary>
internal sealed class RootPublication(DatasetMetadata metadata, IWritableStore store)
{
    /// <summary>
    /// How much a publication may write just to update the counts, on average, in bytes. The root of a plate or of many cameras
    /// is larger: it is written with every second publication, or every third.
    /// </summary>
    private const long BytesPerPublication = 64 << 10;

    private FrameCounts[] _told = [];
    private long _bytes;
    private long _allowance;

    /// <summary>Publishes the state of the cameras, if it has changed.</summary>
    /// <param name="cameras">The state of each camera.</param>
    /// <param name="namespaces">Metadata by name.</param>
    /// <param name="mustBe">Whether more than the counts has changed.</param>
    /// <param name="durable">Whether it must survive a power cut.</param>
    public void Publish(CameraState[] cameras, UserNamespaces namespaces, bool mustBe, bool durable)
    {
        _allowance = Math.Min(_allowance + BytesPerPublication, Math.Max(_bytes, BytesPerPublication));
        if (!mustBe && (_allowance < _bytes || !HasNews(cameras)))
            return;
        Put(cameras, DatasetOutcome.Writing, namespaces, durable);
        _allowance = 0;
        _told = [.. cameras.Select(camera => camera.Counts)];
    }

    /// <summary>Writes it, and keeps what others have added to it.</summary>
    public void Put(CameraState[] cameras, DatasetOutcome outcome, UserNamespaces namespaces, bool durable)
    {
        var document = metadata.Root(cameras, outcome, namespaces, store.Get(ArrayMetadata.Key));
        store.Put(document.Key, document.Utf8.Span, durable);
        _bytes = document.Utf8.Length;
    }

    private bool HasNews(CameraState[] cameras) => _told.Length == 0
        ? cameras.Any(camera => camera.Counts != default)
        : !cameras.Select(camera => camera.Counts).SequenceEqual(_told);
}
