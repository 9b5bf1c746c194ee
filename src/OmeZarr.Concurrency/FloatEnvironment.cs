using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OmeZarr.Concurrency;

/// <summary>
/// The floating-point environment of the calling thread: rounding mode, trapped and raised exceptions, and whether tiny numbers
/// count as zero. A host may set its own, and threads inherit it; the library's results must not depend on it.
/// </summary>
public static unsafe partial class FloatEnvironment
{
    // FE_DFL_ENV of glibc and musl; it also ends flushing to zero.
    private const nint LinuxDefault = -1;

    // _CW_DEFAULT of the Windows SDK, and _MCW_EM | _MCW_RC | _MCW_DN.
    private const uint WindowsDefault = 0x0008_001F;
    private const uint WindowsMask = 0x0308_031F;

    // FE_DFL_ENV of macOS is the address of a symbol.
    private static readonly nint MacDefault =
        OperatingSystem.IsMacOS() ? NativeLibrary.GetExport(NativeLibrary.Load("libSystem.dylib"), "_FE_DFL_ENV") : 0;

    /// <summary>From now on: rounds to nearest, traps nothing, has no exception raised and keeps tiny numbers.</summary>
    public static void SetDefault()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = LinuxSet((State*)LinuxDefault);
        }
        else if (OperatingSystem.IsMacOS())
        {
            _ = MacSet((State*)MacDefault);
        }
        else if (OperatingSystem.IsWindows())
        {
            _ = WindowsClear();
            uint now;
            _ = WindowsControl(&now, WindowsDefault, WindowsMask);
        }
    }

    /// <summary>Saves the thread's environment and sets the default one, until <see cref="Kept.Dispose"/>.</summary>
    public static Kept UseDefault()
    {
        State host = default;
        if (OperatingSystem.IsLinux())
            _ = LinuxGet(&host);
        else if (OperatingSystem.IsMacOS())
            _ = MacGet(&host);
        else if (OperatingSystem.IsWindows())
            _ = WindowsGet(&host);
        SetDefault();
        return new Kept(host);
    }

    // Only Linux's without a transition: such a call is bound when its caller is compiled, on whatever system that is.
    // SAFETY (all of these): a state is larger than any system's fenv_t, and lives on the caller's stack.
    [SuppressGCTransition]
    [LibraryImport("libm.so.6", EntryPoint = "fegetenv")]
    private static partial int LinuxGet(State* state);

    [SuppressGCTransition]
    [LibraryImport("libm.so.6", EntryPoint = "fesetenv")]
    private static partial int LinuxSet(State* state);

    [LibraryImport("libSystem.dylib", EntryPoint = "fegetenv")]
    private static partial int MacGet(State* state);

    [LibraryImport("libSystem.dylib", EntryPoint = "fesetenv")]
    private static partial int MacSet(State* state);

    [LibraryImport("ucrtbase.dll", EntryPoint = "fegetenv")]
    private static partial int WindowsGet(State* state);

    [LibraryImport("ucrtbase.dll", EntryPoint = "fesetenv")]
    private static partial int WindowsSet(State* state);

    [LibraryImport("ucrtbase.dll", EntryPoint = "_clearfp")]
    private static partial uint WindowsClear();

    [LibraryImport("ucrtbase.dll", EntryPoint = "_controlfp_s")]
    private static partial int WindowsControl(uint* now, uint value, uint mask);

    /// <summary>A thread's saved environment, restored exactly: flags and traps as well as rounding.</summary>
    public readonly struct Kept : IDisposable
    {
        private readonly State _host;

        internal Kept(in State host) => _host = host;

        /// <summary>Restores it; once, on the same thread.</summary>
        public void Dispose()
        {
            var host = _host;
            if (OperatingSystem.IsLinux())
                _ = LinuxSet(&host);
            else if (OperatingSystem.IsMacOS())
                _ = MacSet(&host);
            else if (OperatingSystem.IsWindows())
                _ = WindowsSet(&host);
        }
    }

    /// <summary>Room for any system's fenv_t: 32 bytes on x86-64 Linux are the most.</summary>
    [InlineArray(8)]
    internal struct State
    {
        private ulong _first;
    }
}
