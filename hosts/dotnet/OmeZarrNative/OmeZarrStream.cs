using System.Runtime.InteropServices;

namespace OmeZarrNative;

/// <summary>
/// One acquisition being written. Call <see cref="Complete"/> (or dispose it, which does the same): it is where a late error,
/// such as a full disk, is told. Any thread may call; frames come from one thread at a time.
/// </summary>
public sealed class OmeZarrStream : FrameWriter, IDisposable, IAsyncDisposable
{
    private const int StepMs = 100;
    private const int TimedOut = -16;
    private const int AlreadyEnding = -19;

    private double _progress;

    private OmeZarrStream(StreamHandle handle)
        : base(handle)
    {
    }

    /// <summary>The loaded library's version and commit.</summary>
    public static string LibraryVersion => Marshal.PtrToStringUTF8(Native.omz_version()) ?? "";

    /// <summary>Whether it can take frames: neither completed nor aborted.</summary>
    public bool IsOpen => !Handle.IsClosed;

    /// <summary>The dataset's full path.</summary>
    public unsafe string OutputPath => Texts.Read((buffer, capacity) => Native.omz_output_path(Handle, buffer, capacity));

    /// <summary>The address of the page that shows the stream; empty when the settings have no <c>monitor</c>.</summary>
    public unsafe string MonitorUrl => Texts.Read((buffer, capacity) => Native.omz_monitor_url(Handle, buffer, capacity));

    /// <summary>The first error that the stream met; empty when there is none.</summary>
    public unsafe string Error => Texts.Read((buffer, capacity) => Native.omz_stream_error(Handle, buffer, capacity));

    /// <summary>The array of a key, when the settings have <c>arrays</c>.</summary>
    /// <exception cref="OmeZarrException">There is none; the message lists them.</exception>
    public OmeZarrArray this[string key]
    {
        get
        {
            OmeZarrException.Check(Native.omz_array_stream(Handle, key, out var array));
            return new OmeZarrArray(this, new StreamHandle(array, owns: false));
        }
    }

    /// <summary>
    /// Creates the dataset and starts the workers. It may take up to a second on a busy machine: before the camera starts.
    /// </summary>
    /// <param name="settingsJson">docs/settings.md is its reference.</param>
    public static OmeZarrStream Create(string settingsJson)
    {
        OmeZarrException.Check(Native.omz_create(settingsJson, out var stream));
        return new OmeZarrStream(new StreamHandle(stream, owns: true));
    }

    /// <summary>Checks settings without touching any disk.</summary>
    /// <exception cref="OmeZarrSettingsException">Every problem, one a line.</exception>
    public static void Validate(string settingsJson) => OmeZarrException.Check(Native.omz_validate_settings(settingsJson));

    /// <summary>The most memory in bytes that a stream of these settings takes.</summary>
    public static ulong EstimateMemory(string settingsJson)
    {
        OmeZarrException.Check(Native.omz_estimate_memory(settingsJson, out var bytes));
        return bytes;
    }

    /// <summary>The resolved plan as JSON.</summary>
    public static unsafe string DescribeLayout(string settingsJson) =>
        Texts.Read((buffer, capacity) => Native.omz_describe_layout(settingsJson, buffer, capacity));

    /// <summary>Stores a JSON value in the dataset's attributes under a namespace.</summary>
    public void SetMetadata(string name, string json) => OmeZarrException.Check(Native.omz_set_metadata(Handle, name, json));

    /// <summary>
    /// Stores a JSON value in the attributes of a dataset that no stream is writing, or of one of its groups.
    /// </summary>
    public static void SetMetadataOf(string path, string name, string json, string group = "", TimeSpan? timeout = null) =>
        OmeZarrException.Check(Native.omz_set_dataset_metadata(path, group, name, json, Milliseconds(timeout)));

    /// <summary>Says why the stream is about to be ended early; null takes it back.</summary>
    public void SetEndReason(string? reason) => OmeZarrException.Check(Native.omz_set_end_reason(Handle, reason));

    /// <summary>Waits until every whole chunk is stored and visible to readers; null: for ever.</summary>
    public void Flush(TimeSpan? timeout = null) => OmeZarrException.Check(Native.omz_flush(Handle, Milliseconds(timeout)));

    /// <summary>
    /// Stores everything and ends the stream. Throws the first error that it ever met. Once ended, it does nothing.
    /// </summary>
    public void Complete()
    {
        if (BeginEnd(Native.omz_finalize_begin))
            End(-1);
    }

    /// <summary>The same without blocking the thread.</summary>
    /// <param name="progress">Told between 0 and 1.</param>
    /// <param name="cancel">Ends the wait, not the end: <see cref="Complete"/> may be called again.</param>
    public async Task CompleteAsync(IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        if (!BeginEnd(Native.omz_finalize_begin))
            return;
        while (!await Task.Run(() => End(StepMs), cancel).ConfigureAwait(false))
        {
            progress?.Report(Volatile.Read(ref _progress));
            cancel.ThrowIfCancellationRequested();
        }

        progress?.Report(1);
    }

    /// <summary>Ends the stream now; frames of chunks that are not whole are given up.</summary>
    public unsafe void Abort()
    {
        if (!BeginEnd(Native.omz_abort_begin))
            return;
        var status = Native.omz_finalize_poll(Handle.Number, -1, null);
        Handle.SetHandleAsInvalid();
        if (status != AlreadyEnding)
            OmeZarrException.Check(status);
    }

    /// <summary>As <see cref="Complete"/>: it throws what nobody else would tell.</summary>
    public void Dispose()
    {
        Complete();
        Handle.Dispose();
    }

    /// <summary>As <see cref="CompleteAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await CompleteAsync().ConfigureAwait(false);
        Handle.Dispose();
    }

    private bool BeginEnd(Func<nint, int> begin)
    {
        if (Handle.IsClosed)
            return false;
        var status = begin(Handle.Number);
        if (status != AlreadyEnding)
            OmeZarrException.Check(status);
        return true;
    }

    private unsafe bool End(int timeoutMs)
    {
        double told = 0;
        var status = Native.omz_finalize_poll(Handle.Number, timeoutMs, &told);
        if (status == TimedOut)
        {
            Volatile.Write(ref _progress, told);
            return false;
        }

        Handle.SetHandleAsInvalid();
        OmeZarrException.Check(status);
        return true;
    }
}

/// <summary>One camera of a stream whose settings have <c>arrays</c>: takes its frames. Ends with the stream.</summary>
public sealed class OmeZarrArray : FrameWriter
{
    internal OmeZarrArray(OmeZarrStream stream, StreamHandle handle)
        : base(handle) => Stream = stream;

    /// <summary>The stream that it belongs to.</summary>
    public OmeZarrStream Stream { get; }
}