using System.Text.Json.Nodes;
using OmeZarr.Documents;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>The calls and members that carry metadata: of the acquisition, of an image, of a frame.</summary>
internal static unsafe class MetadataCalls
{
    // OMZ_END_REASON_MAX_BYTES of the header.
    private const int MaxEndReasonBytes = 1024;

    /// <summary>Instead of an image: the dataset.</summary>
    private const int OfDataset = -1;

    private static readonly uint FirstStructBytes =
        (uint)System.Runtime.InteropServices.Marshal.OffsetOf<OmzFrame>(nameof(OmzFrame.DeltaT));

    public static int Set(ulong stream, byte* name, byte* json)
    {
        var open = StreamCalls.Find(stream);
        var key = NamespaceOf(name);
        open.Heap.TakeForMetadata(OfDataset, key, TextIn.Bytes(json, "json").Length);
        return Kept(open.Session.TrySetMetadata(key, Parse(json)));
    }

    public static int SetOfImage(ulong stream, byte* image, byte* name, byte* json)
    {
        var open = StreamCalls.Find(stream);
        var index = IndexOf(open, TextIn.String(image, "image"));
        var key = NamespaceOf(name);
        open.Heap.TakeForMetadata(index, key, TextIn.Bytes(json, "json").Length);
        return Kept(open.Session.TrySetImageMetadata(index, key, Parse(json)));
    }

    /// <summary>The host's reason for ending its stream; null or empty: everything is done.</summary>
    public static int SetEndReason(ulong stream, byte* reason)
    {
        var session = StreamCalls.Find(stream).Session;
        var text = reason == null ? "" : TextIn.String(reason, "reason");
        if (reason != null && TextIn.Bytes(reason, "reason").Length is > MaxEndReasonBytes and var bytes)
            throw new AbiException(Status.InvalidArgument, $"reason has {bytes} bytes; at most {MaxEndReasonBytes} are kept");
        if (session.IsEnding)
            return LastError.Set(Status.Finalized, "the stream is being finalized or was aborted: its reason comes before");
        session.EndReason = text.Length == 0 ? null : text;
        return Status.Ok;
    }

    /// <summary>Bytes of a frame's JSON, which may be null.</summary>
    public static int TextOf(byte* json) => json == null ? 0 : TextIn.Bytes(json, "metadata_json").Length;

    /// <summary>The typed members of a frame that its flags declare.</summary>
    public static FrameProperties PropertiesOf(in OmzFrame frame)
    {
        var has = (FrameProperty)frame.Flags;
        if ((has & ~FramePropertyNames.All) != 0)
            AbiException.Throw(Status.InvalidArgument,
                $"frame.flags is {frame.Flags}; only OMZ_FRAME_HAS_... ({(int)FramePropertyNames.All} together) are defined");
        if (has != FrameProperty.None && frame.StructSize <= FirstStructBytes)
            AbiException.Throw(Status.InvalidArgument,
                $"frame.flags is {frame.Flags}, but a frame of {frame.StructSize} bytes has no such members");
        return new FrameProperties
        {
            Has = has,
            DeltaT = frame.DeltaT,
            ExposureTime = frame.ExposureTime,
            PositionX = frame.PositionX,
            PositionY = frame.PositionY,
            PositionZ = frame.PositionZ,
            TimestampNs = frame.TimestampNs,
        };
    }

    internal static string NamespaceOf(byte* name)
    {
        var key = TextIn.String(name, "name_space");
        if (UserMetadata.Refusal(key) is { } refusal)
            throw new AbiException(UserMetadata.ReservedNames.Contains(key) ? Status.ReservedName
                : Status.InvalidArgument, refusal);
        return key;
    }

    /// <summary>
    /// An image's index by its path, or by its name where that is unique: among all images, or for an array's handle among the
    /// array's.
    /// </summary>
    private static int IndexOf(OpenStream open, string image)
    {
        var images = open.IsArray ? open.Pipeline.Plan.Images : open.Session.Plan.Images;
        var first = open.IsArray ? open.Pipeline.Plan.FirstImage : 0;
        var named = 0;
        var found = -1;
        for (var i = 0; i < images.Length; i++)
        {
            if (images[i].Path == image)
                return first + i;
            if (images[i].Name != image && images[i].Position?.Name != image)
                continue;
            named++;
            found = first + i;
        }

        return named switch
        {
            1 => found,
            0 => throw new AbiException(Status.InvalidArgument,
                $"there is no image `{image}`; the path of its group is needed (docs/layouts.md), or the name of a position"),
            _ => throw new AbiException(Status.InvalidArgument, $"{named} images are called `{image}`: give the path of one"),
        };
    }

    private static int Kept(bool kept) =>
        kept ? Status.Ok : LastError.Set(Status.Finalized, "the stream's metadata has been written already");

    internal static JsonNode? Parse(byte* json)
    {
        try
        {
            return UserMetadata.Parse(TextIn.Bytes(json, "json"));
        }
        catch (FormatException exception)
        {
            throw new AbiException(Status.InvalidArgument, $"json: {exception.Message}");
        }
    }
}
