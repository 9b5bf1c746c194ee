using OmeZarr.Acquisition;
using OmeZarr.Storage;

namespace OmeZarr.Streaming.Tests;

/// <summary>What a plan may name is what a store takes.</summary>
internal sealed class KeyLimitsTests
{
    [Test]
    public void ShouldAllowInAPlanWhatAStoreAllows()
    {
        Assert.That(KeyLimits.KeyBytes, Is.EqualTo(StoreKey.MaxKeyBytes));
        Assert.That(KeyLimits.PartBytes, Is.EqualTo(StoreKey.MaxSegmentBytes));
    }
}
