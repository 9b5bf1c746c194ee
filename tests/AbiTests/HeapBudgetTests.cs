using OmeZarrNative;
using OmeZarrNative.Abi;

namespace AbiTests;

/// <summary>Streams that are open together share the managed heap.</summary>
public sealed class HeapBudgetTests
{
    [Test]
    public void ShouldRefuseWhatDoesNotFitBesideOthersAndTakeItOnceTheyAreGone()
    {
        var budget = new HeapBudget(100);
        var first = budget.Take(60, atTheEnd: 0);
        var refused = Assert.Throws<AbiException>(() => budget.Take(41, atTheEnd: 0))!;
        Assert.That(refused.Status, Is.EqualTo(Status.TooManyStreams));
        Assert.That(refused.Message, Does.Contain("41 bytes").And.Contain("the 1 streams").And.Contain("60 of 100"));
        using var second = budget.Take(40, atTheEnd: 0);
        first.Dispose();
        first.Dispose();
        Assert.That(() => budget.Take(61, atTheEnd: 0), Throws.TypeOf<AbiException>(), "given back once, not twice");
        using var third = budget.Take(60, atTheEnd: 0);
    }

    [Test]
    public void ShouldKeepRoomForTheEndOfSixteenStreamsAtATime()
    {
        var budget = new HeapBudget(16 * 10 + 20);
        for (var i = 0; i < 20; i++)
            _ = budget.Take(1, atTheEnd: 10);
        Assert.That(() => budget.Take(1, atTheEnd: 0), Throws.TypeOf<AbiException>());
    }

    [Test]
    public void ShouldCountMetadataByNameAndRefuseWhatIsTooMuch()
    {
        const long perByte = HeapShare.MetadataByteBytes;
        var budget = new HeapBudget(100 * perByte);
        using var share = budget.Take(0, atTheEnd: 0);
        for (var again = 0; again < 10; again++)
            share.TakeForMetadata(image: -1, "stage", 60);
        share.TakeForMetadata(image: 0, "stage", 40);
        var refused = Assert.Throws<AbiException>(() => share.TakeForMetadata(image: 1, "stage", 1))!;
        Assert.That(refused.Status, Is.EqualTo(Status.OutOfMemory));
        share.TakeForMetadata(image: -1, "stage", 10);
        Assert.That(() => share.TakeForMetadata(image: 1, "stage", 50), Throws.Nothing, "a shorter value makes room");
    }
}
