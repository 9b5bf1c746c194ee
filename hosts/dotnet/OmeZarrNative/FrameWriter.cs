using System.Runtime.CompilerServices;
using System.Text;

namespace OmeZarrNative;

/// <summary>What a stream and an array of a stream have in common: they take frames, from one thread at a time.</summary>
public abstract unsafe class FrameWriter
{
    private const int Dropped = 1;

    private (Type Type, int Number)? _checked;

    private protected FrameWriter(StreamHandle handle) => Handle = handle;

    internal StreamHandle Handle { get; }

    /// <summary>
    /// Appends the next frame, rows packed, and copies it. The type must be that of the stream's pixels; bytes do for any.
    /// </summary>
    /// <returns>False when it was dropped, which happens with <c>"backpressure": "drop"</c> only.</returns>
    /// <exception cref="OmeZarrException">It was refused, or the stream has failed.</exception>
    public bool Append<T>(ReadOnlySpan<T> pixels)
        where T : unmanaged
    {
        CheckType<T>();
        fixed (T* first = pixels)
            return Taken(Native.omz_append_frame(Handle, first, (ulong)pixels.Length * (ulong)sizeof(T)));
    }

    /// <inheritdoc cref="Append{T}(ReadOnlySpan{T})"/>
    public bool Append<T>(T[] pixels)
        where T : unmanaged => Append<T>(pixels.AsSpan());

    /// <summary>Appends a frame with what is known of it.</summary>
    public bool Append<T>(ReadOnlySpan<T> pixels, in FrameInfo info)
        where T : unmanaged
    {
        CheckType<T>();
        fixed (T* first = pixels)
        fixed (byte* json = Utf8(info.MetadataJson))
        {
            var frame = info.Raw(first, (ulong)pixels.Length * (ulong)sizeof(T), json);
            return Taken(Native.omz_append_frame_ex(Handle, &frame));
        }
    }

    /// <summary>Appends a frame at an address, such as that of a camera's buffer, and copies it.</summary>
    public bool Append(nint pixels, ulong bytes, in FrameInfo info = default)
    {
        fixed (byte* json = Utf8(info.MetadataJson))
        {
            var frame = info.Raw((void*)pixels, bytes, json);
            return Taken(Native.omz_append_frame_ex(Handle, &frame));
        }
    }

    /// <summary>The number of the frame at an index of each dimension that counts frames, slowest first.</summary>
    public long IndexOf(params ReadOnlySpan<long> coordinates)
    {
        long index;
        fixed (long* first = coordinates)
            OmeZarrException.Check(Native.omz_frame_index(Handle, first, coordinates.Length, &index));
        return index;
    }

    /// <summary>
    /// The number of the next frame: not 0 when settings with <c>resume</c> have gone on with a dataset.
    /// </summary>
    public long NextFrame
    {
        get
        {
            long index;
            OmeZarrException.Check(Native.omz_next_frame(Handle, &index));
            return index;
        }
    }

    /// <summary>Leaves out the next frames; they read as 0.</summary>
    public void Skip(long count = 1) => OmeZarrException.Check(Native.omz_skip_frames(Handle, checked((ulong)count)));

    /// <summary>Takes a free slot of the ring for a camera to fill, so that nothing is copied.</summary>
    /// <param name="timeout">How long to wait for one; null: for ever.</param>
    /// <exception cref="OmeZarrTimeoutException">None became free in time.</exception>
    public Slot AcquireSlot(TimeSpan? timeout = null)
    {
        void* pixels;
        ulong capacity;
        int slot;
        OmeZarrException.Check(Native.omz_acquire_slot(Handle, Milliseconds(timeout), &pixels, &capacity, &slot));
        return new Slot(this, slot, (byte*)pixels, checked((int)Math.Min(capacity, int.MaxValue)));
    }

    /// <summary>The addresses of all slots, to be announced to a camera; fixed until the stream ends.</summary>
    public nint[] SlotAddresses()
    {
        var addresses = new nint[OmeZarrException.Check(Native.omz_list_slots(Handle, null, 0, null))];
        fixed (nint* first = addresses)
            OmeZarrException.Check(Native.omz_list_slots(Handle, (void**)first, addresses.Length, null));
        return addresses;
    }

    /// <summary>
    /// Lends a frame that stays where it is, and unchanged, until its token comes back by <see cref="TakeReleased"/>. Managed
    /// memory must be pinned as long. <c>pipeline.borrowed_buffers</c> tells how many buffers there are.
    /// </summary>
    /// <returns>False when it was dropped; then, and after an exception, the token does not come back.</returns>
    public bool Lend(nint pixels, ulong bytes, ulong token, in FrameInfo info = default)
    {
        fixed (byte* json = Utf8(info.MetadataJson))
        {
            var frame = info.Raw((void*)pixels, bytes, json);
            return Taken(Native.omz_append_borrowed(Handle, &frame, token));
        }
    }

    /// <summary>
    /// Takes tokens of frames that are not used any more; how many. 0: none in time, or none will come any more. Also after the
    /// end.
    /// </summary>
    public int TakeReleased(Span<ulong> tokens, TimeSpan timeout)
    {
        const int timedOut = -16, invalidHandle = -3;
        var count = 0;
        int status;
        fixed (ulong* first = tokens)
            status = Native.omz_poll_released(Handle.Number, first, tokens.Length, Milliseconds(timeout), &count);
        if (status is timedOut || (status == invalidHandle && Handle.IsClosed))
            return 0;
        OmeZarrException.Check(status);
        return count;
    }

    /// <summary>Stores a JSON value with one image, by the path of its group or its position's name.</summary>
    public void SetImageMetadata(string image, string name, string json) =>
        OmeZarrException.Check(Native.omz_set_image_metadata(Handle, image, name, json));

    /// <summary>What was done so far: the members of omz_stats as JSON.</summary>
    public string StatisticsJson() =>
        Texts.Read((buffer, capacity) => Native.omz_get_stats_json(Handle, buffer, capacity));

    /// <summary>One number of the statistics, such as <c>frames_written</c>.</summary>
    public ulong Statistic(string name)
    {
        using var all = System.Text.Json.JsonDocument.Parse(StatisticsJson());
        return all.RootElement.GetProperty(name).GetUInt64();
    }

    internal static int Milliseconds(TimeSpan? timeout) =>
        timeout is { } known && known >= TimeSpan.Zero ? (int)Math.Min(int.MaxValue, Math.Ceiling(known.TotalMilliseconds)) : -1;

    internal static byte[]? Utf8(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text + "\0");

    internal static bool Taken(int status) => OmeZarrException.Check(status) != Dropped;

    // Once for each type that is used.
    private void CheckType<T>()
    {
        if (typeof(T) == typeof(byte) || (_checked is { } known && known.Type == typeof(T)))
            return;
        int type;
        OmeZarrException.Check(Native.omz_frame_format(Handle, &type, null, null, null));
        if (type != NumberOf<T>())
        {
            throw new ArgumentException(
                $"the stream's frames are {NameOf(type)}, and {typeof(T).Name} is another type; bytes do for any");
        }

        _checked = (typeof(T), type);
    }

    private static int NumberOf<T>() => Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Byte => 1,
        TypeCode.UInt16 or TypeCode.Char => 2,
        TypeCode.UInt32 => 3,
        TypeCode.UInt64 => 4,
        TypeCode.SByte => 5,
        TypeCode.Int16 => 6,
        TypeCode.Int32 => 7,
        TypeCode.Int64 => 8,
        TypeCode.Single => 9,
        TypeCode.Double => 10,
        _ => -1,
    };

    private static string NameOf(int type) =>
        type switch
        {
            1 => "byte", 2 => "ushort", 3 => "uint", 4 => "ulong", 5 => "sbyte", 6 => "short", 7 => "int", 8 => "long",
            9 => "float", 10 => "double", _ => "packed bytes",
        };
}
