using System.Diagnostics.CodeAnalysis;
using OmeZarr.Zarr.Libraries;
using OmeZarr.Zarr.Managed;
using OmeZarr.Zarr.Native;

namespace OmeZarr.Zarr.Codecs;

/// <summary>
/// The one place that chooses where zstd and LZ4 come from: the C libraries, or their ports to C#, which are slower and need
/// no library of the platform.
/// </summary>
internal static class CodecSelection
{
    /// <summary>
    /// Set by the build (<c>-p:OmzCodecs=managed</c>). Ahead of time it is a constant: the libraries that are not chosen are
    /// neither compiled nor linked.
    /// </summary>
    [FeatureSwitchDefinition("OmeZarr.Zarr.ManagedCodecs")]
    internal static bool IsManaged => AppContext.TryGetSwitch("OmeZarr.Zarr.ManagedCodecs", out var isManaged) && isManaged;

    internal static CompressionLibraries Libraries { get; } = IsManaged ? Managed() : Native();

    internal static CompressionLibraries Native() => new CompressionLibraries<NativeZstd, NativeLz4>();

    internal static CompressionLibraries Managed() => new CompressionLibraries<ManagedZstd, ManagedLz4>();
}
