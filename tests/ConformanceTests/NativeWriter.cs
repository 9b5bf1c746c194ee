using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace OmeZarr.ConformanceTests;

/// <summary>A stream of the published library, driven through its C functions.</summary>
internal sealed unsafe partial class NativeWriter : IDisposable
{
    private const string Library = "omezarr_native";

    private ulong _stream;

    /// <summary>The published library, or the one that the environment names.</summary>
    public static string LibraryPath => Environment.GetEnvironmentVariable("OMEZARR_NATIVE_LIBRARY")
        ?? Path.Join(Repository.Root, "artifacts", "linux-x64", "libomezarr_native.so");

    static NativeWriter() => NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), Resolve);

    public NativeWriter(string settings) => Check(Create(settings, out _stream), "omz_create");

    private NativeWriter(ulong stream) => _stream = stream;

    /// <summary>What omz_validate_settings says: its status, and the message of a refusal.</summary>
    public static (int Status, string Message) Validate(string settings) => Answer(ValidateSettings(settings));

    /// <summary>What omz_describe_layout says, likewise.</summary>
    public static (int Status, string Message) Describe(string settings) =>
        Answer(Math.Min(0, DescribeLayout(settings, null, 0)));

    /// <summary>A stream, or null where omz_create refuses the settings.</summary>
    /// <param name="settings">Any settings.</param>
    /// <param name="answer">What omz_create says, likewise.</param>
    public static NativeWriter? TryCreate(string settings, out (int Status, string Message) answer)
    {
        answer = Answer(Create(settings, out var stream));
        return answer.Status == 0 ? new NativeWriter(stream) : null;
    }

    public void Append(ReadOnlySpan<byte> pixels)
    {
        fixed (byte* first = pixels)
            Check(AppendFrame(_stream, first, (ulong)pixels.Length), "omz_append_frame");
    }

    /// <summary>Appends a frame with what is known of it, as JSON.</summary>
    public void Append(ReadOnlySpan<byte> pixels, string metadata)
    {
        fixed (byte* first = pixels)
            Check(AppendFrameMeta(_stream, first, (ulong)pixels.Length, metadata), "omz_append_frame_meta");
    }

    /// <summary>Appends the next frame of the array of a key.</summary>
    public void Append(string key, ReadOnlySpan<byte> pixels)
    {
        fixed (byte* first = pixels)
            Check(AppendFrameTo(_stream, key, first, (ulong)pixels.Length), "omz_append_frame_to");
    }

    /// <summary>Appends the next frame of the array of a key with what is known of it, as JSON.</summary>
    public void Append(string key, ReadOnlySpan<byte> pixels, string metadata)
    {
        fixed (byte* first = pixels)
            Check(AppendFrameMeta(ArrayOf(key), first, (ulong)pixels.Length, metadata), "omz_append_frame_meta");
    }

    /// <summary>Leaves out the next frames of the array of a key.</summary>
    public void Skip(string key, int frames) => Check(SkipFrames(ArrayOf(key), (ulong)frames), "omz_skip_frames");

    public void Skip(int frames) => Check(SkipFrames(_stream, (ulong)frames), "omz_skip_frames");

    /// <summary>The address of the page that shows the stream; empty for none.</summary>
    public string MonitorUrl
    {
        get
        {
            Span<byte> buffer = stackalloc byte[256];
            fixed (byte* first = buffer)
            {
                var size = GetMonitorUrl(_stream, first, buffer.Length);
                Check(Math.Min(size, 0), "omz_monitor_url");
                return Encoding.UTF8.GetString(buffer[..(size - 1)]);
            }
        }
    }

    public void Flush() => Check(Flush(_stream, 60_000), "omz_flush");

    public void Complete()
    {
        var stream = _stream;
        _stream = 0;
        Check(Finish(stream), "omz_finalize");
    }

    public void Dispose()
    {
        if (_stream != 0)
            _ = Abort(_stream);
    }

    private ulong ArrayOf(string key)
    {
        Check(ArrayStream(_stream, key, out var array), "omz_array_stream");
        return array;
    }

    private static void Check(int status, string call)
    {
        if (status != 0)
            Assert.Fail($"{call} returned {status}: {Answer(status).Message}");
    }

    private static (int Status, string Message) Answer(int status)
    {
        if (status == 0)
            return (0, "");
        var message = new byte[8192];
        fixed (byte* buffer = message)
            _ = LastError(buffer, message.Length);
        return (status, Encoding.UTF8.GetString(message).TrimEnd('\0'));
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == Library ? NativeLibrary.Load(LibraryPath) : 0;

    [LibraryImport(Library, EntryPoint = "omz_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Create(string settings, out ulong stream);

    [LibraryImport(Library, EntryPoint = "omz_validate_settings", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ValidateSettings(string settings);

    [LibraryImport(Library, EntryPoint = "omz_describe_layout", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int DescribeLayout(string settings, byte* buffer, int capacity);

    [LibraryImport(Library, EntryPoint = "omz_append_frame")]
    private static partial int AppendFrame(ulong stream, byte* pixels, ulong bytes);

    [LibraryImport(Library, EntryPoint = "omz_append_frame_meta", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AppendFrameMeta(ulong stream, byte* pixels, ulong bytes, string metadata);

    [LibraryImport(Library, EntryPoint = "omz_append_frame_to", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AppendFrameTo(ulong stream, string key, byte* pixels, ulong bytes);

    [LibraryImport(Library, EntryPoint = "omz_array_stream", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ArrayStream(ulong stream, string key, out ulong array);

    [LibraryImport(Library, EntryPoint = "omz_skip_frames")]
    private static partial int SkipFrames(ulong stream, ulong count);

    [LibraryImport(Library, EntryPoint = "omz_flush")]
    private static partial int Flush(ulong stream, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "omz_monitor_url")]
    private static partial int GetMonitorUrl(ulong stream, byte* buffer, int capacity);

    [LibraryImport(Library, EntryPoint = "omz_finalize")]
    private static partial int Finish(ulong stream);

    [LibraryImport(Library, EntryPoint = "omz_abort")]
    private static partial int Abort(ulong stream);

    [LibraryImport(Library, EntryPoint = "omz_last_error")]
    private static partial int LastError(byte* buffer, int capacity);
}
