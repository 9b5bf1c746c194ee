using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Blosc;

namespace OmeZarr.Zarr.Tests.Codecs.Blosc;

[TestFixture]
public sealed unsafe class NoiseStatisticsTests
{
    [Test]
    public void ShouldCountEqualBytesNearEachOther() => Prop.ForAll(
        Gen.Choose(1, 256).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (values, seed) =>
        {
            var random = new Random(seed);
            var piece = new byte[NoiseStatistics.PieceBytes];
            for (var i = 0; i < piece.Length; i++)
                piece[i] = (byte)random.Next(values);
            var equal = 0;
            for (var i = 0; i < 96; i++)
            {
                for (var distance = 1; distance <= 16; distance++)
                    equal += piece[i] == piece[i + distance] ? 1 : 0;
            }

            fixed (byte* first = piece)
                return NoiseStatistics.Coincidence(first) == equal / (96.0 * 16);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldFindRepeatsAndNoneInNoise([Values(8, 16, 200, 1000, 2000)] int period)
    {
        var run = ChunkSamples.Noise(4096);
        Assert.That(NoiseStatistics.HasRepeats(run), Is.False);
        for (var i = period; i < run.Length; i++)
            run[i] = run[i - period];
        Assert.That(NoiseStatistics.HasRepeats(run), Is.True);
    }
}
