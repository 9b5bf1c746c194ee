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

    /// <summary>
    /// As <see cref="Call"/>, for per-frame calls: they use integers only, and refuse by <see cref="AbiException.Throw"/>.
    /// </summary>
    public static int CallOfFrame<T>(Func<T, int> body, T arguments)
        where T : struct
    {
        try
        {
            return ForkGuard.IsForkedChild ? Forked() : body(arguments);
        }
        catch (Exception exception)
        {
            return Caught(exception);
        }
    }

    /// <summary>The answer in a forked child.</summary>
    public static int Forked()
    {
        using var host = FloatEnvironment.UseDefault();
        return LastError.Set(Status.Forked, "this process was forked: only the parent may use the library");
    }

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
