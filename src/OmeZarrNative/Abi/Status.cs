namespace OmeZarrNative.Abi;

/// <summary>The status codes of omezarr_native.h, number for number; held against the header by a test.</summary>
internal static class Status
{
    public const int Ok = 0;
    public const int Internal = -1;
    public const int InvalidArgument = -2;
    public const int InvalidHandle = -3;
    public const int InvalidSettings = -4;
    public const int NotSupported = -5;
    public const int StructSize = -6;
    public const int AlreadyExists = -7;
    public const int NotAZarr = -8;
    public const int AccessDenied = -9;
    public const int NoSpace = -10;
    public const int Io = -11;
    public const int OutOfMemory = -12;
    public const int FrameSize = -13;
    public const int FrameIndex = -14;
    public const int TooManyFrames = -15;
    public const int Timeout = -16;
    public const int RingFull = -17;
    public const int Stalled = -18;
    public const int Finalized = -19;
    public const int Codec = -20;
    public const int Forked = -21;
    public const int Busy = -22;
    public const int ReservedName = -23;
    public const int TooManyStreams = -24;
    public const int Slot = -25;
    public const int SlotsLost = -26;
    public const int NotFound = -27;
    public const int Format = -28;
    public const int Damaged = -29;

    public const int FrameDropped = 1;
    public const int FrameMetadataLost = 2;

    /// <summary>The macro's name in the header, zero-terminated, in memory that never moves.</summary>
    public static ReadOnlySpan<byte> Name(int status) => status switch
    {
        Ok => "OMZ_OK\0"u8,
        FrameDropped => "OMZ_FRAME_DROPPED\0"u8,
        FrameMetadataLost => "OMZ_FRAME_METADATA_LOST\0"u8,
        Internal => "OMZ_E_INTERNAL\0"u8,
        InvalidArgument => "OMZ_E_INVALID_ARGUMENT\0"u8,
        InvalidHandle => "OMZ_E_INVALID_HANDLE\0"u8,
        InvalidSettings => "OMZ_E_INVALID_SETTINGS\0"u8,
        NotSupported => "OMZ_E_NOT_SUPPORTED\0"u8,
        StructSize => "OMZ_E_STRUCT_SIZE\0"u8,
        AlreadyExists => "OMZ_E_ALREADY_EXISTS\0"u8,
        NotAZarr => "OMZ_E_NOT_A_ZARR\0"u8,
        AccessDenied => "OMZ_E_ACCESS_DENIED\0"u8,
        NoSpace => "OMZ_E_NO_SPACE\0"u8,
        Io => "OMZ_E_IO\0"u8,
        OutOfMemory => "OMZ_E_OUT_OF_MEMORY\0"u8,
        FrameSize => "OMZ_E_FRAME_SIZE\0"u8,
        FrameIndex => "OMZ_E_FRAME_INDEX\0"u8,
        TooManyFrames => "OMZ_E_TOO_MANY_FRAMES\0"u8,
        Timeout => "OMZ_E_TIMEOUT\0"u8,
        RingFull => "OMZ_E_RING_FULL\0"u8,
        Stalled => "OMZ_E_STALLED\0"u8,
        Finalized => "OMZ_E_FINALIZED\0"u8,
        Codec => "OMZ_E_CODEC\0"u8,
        Forked => "OMZ_E_FORKED\0"u8,
        Busy => "OMZ_E_BUSY\0"u8,
        ReservedName => "OMZ_E_RESERVED_NAME\0"u8,
        TooManyStreams => "OMZ_E_TOO_MANY_STREAMS\0"u8,
        Slot => "OMZ_E_SLOT\0"u8,
        SlotsLost => "OMZ_E_SLOTS_LOST\0"u8,
        NotFound => "OMZ_E_NOT_FOUND\0"u8,
        Format => "OMZ_E_FORMAT\0"u8,
        Damaged => "OMZ_E_DAMAGED\0"u8,
        _ => "OMZ_E_UNKNOWN\0"u8,
    };
}
