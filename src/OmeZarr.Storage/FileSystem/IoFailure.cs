namespace OmeZarr.Storage.FileSystem;

/// <summary>Turns what the operating system says into a <see cref="StoreException"/> with a kind to act upon.</summary>
internal static class IoFailure
{
    // On Unix, .NET leaves the raw errno in HResult; the numbers below are the same on Linux and macOS unless named.
    private const int Eperm = 1;
    private const int Eacces = 13;
    private const int Enfile = 23;
    private const int Emfile = 24;
    private const int Efbig = 27;
    private const int Enospc = 28;
    private const int EloopLinux = 40;
    private const int EdquotLinux = 122;
    private const int EdquotMac = 69;

    // Win32 error codes, in the low 16 bits of HResult.
    private const int ErrorTooManyOpenFiles = 4;
    private const int ErrorAccessDenied = 5;
    private const int ErrorSharingViolation = 32;
    private const int ErrorLockViolation = 33;
    private const int ErrorHandleDiskFull = 39;
    private const int ErrorDiskFull = 112;
    private const int ErrorFileTooLarge = 223;
    private const int ErrorUserMappedFile = 1224;
    private const int ErrorDiskQuotaExceeded = 1295;
    private const int Win32Facility = unchecked((int)0x80070000);

    /// <summary>Whether an exception is a failure of the file system and not a defect of this program.</summary>
    public static bool IsIo(Exception e) => e is IOException or UnauthorizedAccessException;

    /// <param name="what">The object or folder.</param>
    /// <param name="doing">What was being done, such as "appending".</param>
    /// <param name="cause">What the runtime threw.</param>
    public static StoreException Describe(string what, string doing, Exception cause)
    {
        var kind = KindOf(cause);
        var reason = kind switch
        {
            StoreErrorKind.NoSpace => "the disk or the quota is full",
            StoreErrorKind.AccessDenied => "access was denied",
            StoreErrorKind.TooManyOpenFiles => "this process has too many open files",
            _ => "the file system failed",
        };
        return new StoreException(kind, $"{what}: {reason} while {doing}. {cause.Message}", cause);
    }

    /// <summary>As the system would say it, had it been asked: without the signal that it sends as well.</summary>
    public static IOException TooLarge() => new("The file would be larger than this process may write (RLIMIT_FSIZE)", Efbig);

    /// <summary>As the system says it when there is no room.</summary>
    public static IOException Full() =>
        new("No space left for the index", OperatingSystem.IsWindows() ? Win32Facility | ErrorDiskFull : Enospc);

    public static StoreErrorKind KindOf(Exception cause) => cause switch
    {
        UnauthorizedAccessException => StoreErrorKind.AccessDenied,
        IOException when OperatingSystem.IsWindows() => WindowsKind(Win32Code(cause)),
        IOException => UnixKind(cause.HResult),
        _ => StoreErrorKind.Io,
    };

    /// <summary>Whether the file would be larger than the file system or a limit allows.</summary>
    public static bool IsTooLarge(Exception cause) =>
        OperatingSystem.IsWindows() ? Win32Code(cause) == ErrorFileTooLarge : cause.HResult == Efbig;

    /// <summary>Whether another program, such as a virus scanner, holds the file for a moment. Only Windows does that.</summary>
    public static bool IsHeldByAnother(Exception cause) =>
        OperatingSystem.IsWindows()
        && (cause is UnauthorizedAccessException
            || Win32Code(cause) is ErrorAccessDenied or ErrorSharingViolation or ErrorLockViolation or ErrorUserMappedFile);

    private static StoreErrorKind UnixKind(int errno) => errno switch
    {
        Enospc => StoreErrorKind.NoSpace,
        EdquotLinux when OperatingSystem.IsLinux() => StoreErrorKind.NoSpace,
        EdquotMac when OperatingSystem.IsMacOS() => StoreErrorKind.NoSpace,
        Eacces or Eperm => StoreErrorKind.AccessDenied,
        EloopLinux when OperatingSystem.IsLinux() => StoreErrorKind.AccessDenied,
        Emfile or Enfile => StoreErrorKind.TooManyOpenFiles,
        _ => StoreErrorKind.Io,
    };

    private static StoreErrorKind WindowsKind(int code) => code switch
    {
        ErrorHandleDiskFull or ErrorDiskFull or ErrorDiskQuotaExceeded => StoreErrorKind.NoSpace,
        ErrorTooManyOpenFiles => StoreErrorKind.TooManyOpenFiles,
        ErrorAccessDenied => StoreErrorKind.AccessDenied,
        _ => StoreErrorKind.Io,
    };

    private static int Win32Code(Exception cause) =>
        (cause.HResult & unchecked((int)0xFFFF0000)) == Win32Facility ? cause.HResult & 0xFFFF : 0;
}
