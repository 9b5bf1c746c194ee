using OmeZarr.Acquisition;
using OmeZarr.Streaming;

namespace OmeZarrNative.Abi;

/// <summary>
/// What stands around every export: no exception leaves (it would end the host), each becomes a status and a message.
/// </summary>
internal static class AbiGuard
{
    /// <summary>Runs a call's body; refuses in a forked child.</summary>
    /// <param name="body">A static lambda, so that a call allocates nothing.</param>
    /// <param name="arguments">Its arguments, pointers as <c>nint</c>.</param>
    public static int Call<T>(Func<T, int> body, T arguments)
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
    public static int Forked() => LastError.Set(Status.Forked, "this process was forked: only the parent may use the library");

    /// <summary>The answer to an exception.</summary>
    public static int Caught(Exception exception)
    {
        try
        {
            return exception switch
            {
                AbiException abi => LastError.Set(abi.Status, abi.Message),
                SettingsException settings => LastError.Set(
                    settings.IsNotYetSupported ? Status.NotSupported : Status.InvalidSettings, settings.Message),
                TimeoutException timeout => LastError.Set(Status.Timeout, timeout.Message),
                MemoryBudgetException memory => LastError.Set(Status.OutOfMemory, memory.Message),
                _ => Outcomes.StatusOf(StreamFault.From(exception)),
            };
        }
        catch (OutOfMemoryException)
        {
            return Status.OutOfMemory;
        }
    }
}
