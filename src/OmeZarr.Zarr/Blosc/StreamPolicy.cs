using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Blosc;

/// <summary>
/// Which streams a compressor is spared. The limits were found by measuring it on pictures from dark to bright: up to them
/// c-blosc at the same level makes chunks smaller by less than a thirtieth.
/// </summary>
internal sealed class StreamPolicy
{
    /// <summary>Every byte is about as frequent as every other: half of the limit is 1/256.</summary>
    private const double UniformCoincidence = 1 / 220.0;

    /// <summary>LZ4 finds too little to gain from. LZ4 HC remembers sixteen times as much.</summary>
    private const double FewMatches = 0.2;
    private const double FewMatchesHC = FewMatches / 16;

    /// <summary>zstd beyond its first level finds nothing that its entropy coder would not.</summary>
    private const double FewMatchesZstd = 0.1;

    /// <summary>Bytes in which zstd gains more from repeats than from how often each value occurs.</summary>
    private const double ManyCoincidences = 0.3;
    private const double ManyCoincidencesFast = 0.2;

    /// <summary>Neighbours are not much more alike than any two bytes: it is nothing but noise, of any strength.</summary>
    private const double NeighbourLikeness = 2;

    /// <summary>
    /// Nearly every byte repeats, and zstd makes the stream small at any level: the higher ones cost five times as much, and save
    /// less than a hundredth of a chunk that is mostly noise.
    /// </summary>
    private const double QuickCoincidence = 0.35;

    /// <summary>Blosc's levels from here on are for those who want the least bytes whatever it takes.</summary>
    private const int PatientLevel = 6;

    private readonly BloscCompressor _compressor;
    private readonly int _level;
    private readonly bool _isMixed;

    /// <param name="settings">The compressor that is spared.</param>
    /// <param name="isMixed">
    /// Whether streams are no planes of bytes, but have bits or bytes of every place in them. Noise is then only what is
    /// uniform.
    /// </param>
    internal StreamPolicy(Compression.Blosc settings, bool isMixed)
    {
        _compressor = settings.Compressor;
        _level = settings.Level;
        _isMixed = isMixed;
    }

    /// <summary>Whether all values of a stream are counted.</summary>
    internal bool Counts => _compressor == BloscCompressor.Zstd && !_isMixed;

    /// <summary>Whether a stream can no longer be noise, whatever the rest of its pieces show.</summary>
    internal bool IsSearched(in StreamSample sample, int pieces)
    {
        if (_isMixed)
            return sample.Exceeds(UniformCoincidence, double.MaxValue, pieces);
        return _compressor switch
        {
            BloscCompressor.Zstd => sample.Exceeds(
                _level == 1 ? ManyCoincidencesFast : ManyCoincidences, double.MaxValue, pieces),
            BloscCompressor.Lz4Hc => sample.Exceeds(double.MaxValue, FewMatchesHC, pieces),
            _ => sample.Exceeds(double.MaxValue, FewMatches, pieces),
        };
    }

    /// <summary>What is done with a stream that may be noise by all its pieces.</summary>
    internal StreamChoice ChoiceForNoise(in StreamSample sample)
    {
        if (!Counts)
            return StreamChoice.Store;
        var global = sample.GlobalCoincidence;
        if (_level > 1 && sample.Match > FewMatchesZstd && sample.Coincidence > NeighbourLikeness * global)
            return StreamChoice.Search;
        return global < UniformCoincidence ? StreamChoice.Store : StreamChoice.Entropy;
    }

    /// <summary>What is done with a stream that is not noise, in a chunk that has some.</summary>
    internal StreamChoice ChoiceBesideNoise(in StreamSample sample) =>
        Counts && _level < PatientLevel && sample.Coincidence > QuickCoincidence ? StreamChoice.Quick : StreamChoice.Search;
}
