using System.Runtime.CompilerServices;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Concurrency;
using OmeZarr.Reading.Arrays;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Faults;

namespace OmeZarrNative.Abi;

/// <summary>
/// Surrounds every export: no exception leaves (it would end the host), each becomes a status and a message; and the host's
/// floating-point environment is neither used nor changed.
/// </summary>
internal static class AbiGuard
{
    /// <summary>Runs a call's body; refuses in a forked child, and where the calling thread's stack is nearly used up.</summary>
    /// <param name="body">A static lambda, so that a call allocates nothing.</param>
    /// <param name="arguments">Its arguments, pointers as <c>nint</c>.</param>
    public static int Call<T>(Func<T, int> body, T arguments)
        where T : struct
    {
        try
        {
            if (ForkGuard.IsForkedChild)
                return Forked();
            using var host = FloatEnvironment.UseDefault();
            return Guarded(body, arguments);
        }
        catch (Exception exception)
        {
            return Caught(exception);
        }
    }

    /// <summary>As <see cref="Call"/>, for a call on a stream: its failure becomes the stream's last one.</summary>
    public static int CallOn<T>(ulong stream, Func<T, int> body, T arguments)
        where T : struct => Kept(stream, Call(body, arguments));

    /// <summary>As <see cref="CallOn"/>, for calls that poll: that there is nothing yet is no failure to be kept.</summary>
    public static int Poll<T>(ulong stream, Func<T, int> body, T arguments)
        where T : struct => Polled(stream, Call(body, arguments));

    /// <summary>As <see cref="Kept"/>, for calls that are repeated after a time-out, which is no failure then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Polled(ulong stream, int status) => status == Status.Timeout ? status : Kept(stream, status);

    /// <summary>
    /// As <see cref="Call"/>; the failure's message also goes to a buffer of the caller, which is empty otherwise.
    /// </summary>
    /// <param name="buffer">The caller's, <paramref name="capacity"/> bytes; null only when that is 0.</param>
    /// <param name="capacity">Not negative.</param>
    /// <param name="body">A static lambda.</param>
    /// <param name="arguments">Its arguments.</param>
    public static unsafe int CallTelling<T>(byte* buffer, int capacity, Func<T, int> body, T arguments)
        where T : struct
    {
        if (capacity < 0 || (buffer == null && capacity > 0))
            return Call(static _ => throw new AbiException(Status.InvalidArgument, TextOut.BadBuffer), ValueTuple.Create(0));
        var status = Call(body, arguments);
        var copied = Call(
            static a => TextOut.Copy(a.status < 0 ? LastError.Utf8 : default, (byte*)a.buffer, a.capacity, cut: true),
            (status, buffer: (nint)buffer, capacity));
        // In a forked child nothing can be told but the status.
        if (copied < 0 && capacity > 0)
            buffer[0] = 0;
        return status;
    }

    /// <summary>Both: the failure's message goes to the caller's buffer, and becomes the stream's last one.</summary>
    public static unsafe int CallTellingOn<T>(ulong stream, byte* buffer, int capacity, Func<T, int> body, T arguments)
        where T : struct => Kept(stream, CallTelling(buffer, capacity, body, arguments));

    /// <summary>Passes a result through; the message of a failure becomes the stream's last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Kept(ulong stream, int status) => status >= 0 ? status : StreamMessages.Keep(stream, status);

    /// <summary>
    /// As <see cref="CallOn"/>, for per-frame calls: they use integers only, and refuse by <see cref="AbiException.Throw"/>.
    /// </summary>
    public static int CallOfFrame<T>(ulong stream, Func<T, int> body, T arguments)
        where T : struct
    {
        try
        {
            return Kept(stream, ForkGuard.IsForkedChild ? Forked() : body(arguments));
        }
        catch (Exception exception)
        {
            return Caught(stream, exception);
        }
    }

    /// <summary>The answer in a forked child.</summary>
    public static int Forked()
    {
        using var host = FloatEnvironment.UseDefault();
        return LastError.Set(Status.Forked, "this process was forked: only the parent may use the library");
    }

    /// <summary>The answer to an exception of a call on a stream. Throws nothing itself.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Caught(ulong stream, Exception exception) => Kept(stream, Caught(exception));

    /// <summary>The answer to an exception. Throws nothing itself.</summary>
    public static int Caught(Exception exception)
    {
        try
        {
            using var host = FloatEnvironment.UseDefault();
            return exception switch
            {
                AbiException abi => LastError.Set(abi.Status, abi.Message),
                SettingsException settings => LastError.Set(
                    settings.IsNotYetSupported ? Status.NotSupported : Status.InvalidSettings, settings.Message),
                TimeoutException timeout => LastError.Set(Status.Timeout, timeout.Message),
                ReadingException reading => LastError.Set(StatusOf(reading.Kind), reading.Message),
                MemoryBudgetException memory => LastError.Set(Status.OutOfMemory, memory.Message),
                _ => Outcomes.StatusOf(StreamFault.From(exception)),
            };
        }
        catch (Exception)
        {
            // The message could not be made: only for want of memory.
            return LastError.SetNoMemory();
        }
    }

    // Inside the default environment: a caught exception is formatted in it, too.
    private static int Guarded<T>(Func<T, int> body, T arguments)
        where T : struct
    {
        try
        {
            return RuntimeHelpers.TryEnsureSufficientExecutionStack() ? body(arguments) : StackIsShort();
        }
        catch (Exception exception)
        {
            return Caught(exception);
        }
    }

    private static int StatusOf(ReadingErrorKind kind) => kind switch
    {
        ReadingErrorKind.NotFound => Status.NotFound,
        ReadingErrorKind.Format => Status.Format,
        ReadingErrorKind.Damaged => Status.Damaged,
        ReadingErrorKind.TooLarge => Status.OutOfMemory,
        ReadingErrorKind.OutOfRange => Status.InvalidArgument,
        _ => Status.Timeout,
    };

    private static int StackIsShort() => LastError.Set(
        Status.OutOfMemory, "the calling thread's stack has too little room left: call from a thread with at least 256 KiB");
}
