using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>Opens a log file on Linux and macOS: only a regular one, and without waiting for the reader of a pipe.</summary>
[UnsupportedOSPlatform("windows")]
internal static unsafe partial class LogFileCalls
{
    // <sys/stat.h>, the same on both.
    private const int KindMask = 0xF000, RegularFile = 0x8000, Folder = 0x4000, Pipe = 0x1000, Socket = 0xC000;

    private const int NoSuchFile = 2, Interrupted = 4, NoReader = 6, AccessDenied = 13, IsFolder = 21;

    /// <summary>Opens or creates a file for appending.</summary>
    /// <exception cref="AbiException">It is not a regular file, or its folder does not exist.</exception>
    /// <exception cref="IOException">The system refused for another reason.</exception>
    public static FileStream Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            RefuseOther(path, KindOnMac(path));
            return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }

        var file = OpenOnLinux(path);
        try
        {
            RefuseOther(path, KindOnLinux(file));
            return new FileStream(file, FileAccess.Write, bufferSize: 0);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // With O_APPEND every write goes to the end, also when other processes write.
    private static SafeFileHandle OpenOnLinux(string path)
    {
        const int writeOnly = 1, create = 0x40, noTerminal = 0x100, append = 0x400, nonBlocking = 0x800, closeOnExec = 0x8_0000;
        const int readableByAll = 0x1B6; // rw-rw-rw-, less the process's umask
        int descriptor, errno;
        do
        {
            descriptor = OpenFile(path, writeOnly | create | noTerminal | append | nonBlocking | closeOnExec, readableByAll);
            errno = Marshal.GetLastPInvokeError();
        }
        while (descriptor < 0 && errno == Interrupted);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Refusal(path, errno);
    }

    private static Exception Refusal(string path, int errno) => errno switch
    {
        NoSuchFile when !Path.IsPathRooted(path) && !WorkingFolderExists() => new AbiException(
            Status.InvalidArgument,
            $"the log file `{path}` is relative to the working folder, which has been removed: give a full path"),
        NoSuchFile => new AbiException(
            Status.InvalidArgument,
            $"the log file `{path}` cannot be made, because its folder does not exist: make the folder first"),
        IsFolder => Other(path, "a folder"),
        NoReader => Other(path, "a pipe or a device"),
        AccessDenied => new UnauthorizedAccessException(new Win32Exception(errno).Message),
        _ => new IOException(new Win32Exception(errno).Message, errno),
    };

    private static bool WorkingFolderExists()
    {
        try
        {
            return Directory.Exists(Environment.CurrentDirectory);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void RefuseOther(string path, int kind)
    {
        if (kind != RegularFile)
            throw Other(path, kind switch { Folder => "a folder", Pipe => "a pipe", Socket => "a socket", _ => "a device" });
    }

    private static AbiException Other(string path, string kind) => new(
        Status.InvalidArgument, $"the log file `{path}` is {kind}; lines go to a regular file, or to a log callback");

    private static int KindOnLinux(SafeFileHandle file)
    {
        const int ofDescriptor = 0x1000, typeOnly = 1, statxBytes = 256, modeOffset = 28;
        var status = stackalloc byte[statxBytes];
        // SAFETY: struct statx has this size and layout on every architecture.
        if (StatX(file, "", ofDescriptor, typeOnly, status) != 0)
            throw new IOException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
        return *(ushort*)(status + modeOffset) & KindMask;
    }

    // A file that does not exist yet will be created as a regular one.
    private static int KindOnMac(string path)
    {
        const int statBytes = 512, modeOffset = 4;
        var status = stackalloc byte[statBytes];
        // SAFETY: larger than struct stat, whose second member is the mode.
        return Stat(path, status) == 0 ? *(ushort*)(status + modeOffset) & KindMask : RegularFile;
    }

    // Variadic in C; on Linux a variadic argument is passed like any other.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeFileHandle file, string path, int flags, uint mask, byte* status);

    [LibraryImport("libSystem.dylib", EntryPoint = "stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, byte* status);
}
