namespace AbiTests;

/// <summary>How programs built with sanitizers run beside the library; without effect on others.</summary>
internal static class Sanitizers
{
    /// <summary>
    /// <c>handle_segv=0</c>: the library's runtime handles faults of its own. <c>detect_leaks=0</c>: what a runtime keeps for the
    /// process's life is no leak; many_streams.c measures growth. <c>quarantine_size_mb=1</c>: or freed memory would look like
    /// growth.
    /// </summary>
    public static IEnumerable<(string Name, string Value)> Options { get; } =
        [("ASAN_OPTIONS", "handle_segv=0:allow_user_segv_handler=1:detect_leaks=0:quarantine_size_mb=1:exitcode=99")];
}
