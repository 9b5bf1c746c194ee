using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Storage;
using OmeZarr.Stores;

namespace OmeZarr.Streaming.Tests;

internal sealed class FreeSpaceTests
{
    private const string Kilobytes = "t=100 y=32 x=32";
    private const long Needed = 100 * 32 * 32;
    private const string Require = "\"store\": {\"free_space\": \"require\"}";

    [Test]
    public void ShouldNotNeedMoreThanWasSaid() => Prop.ForAll(Acquisition.Any, acquisition =>
    {
        using var recording = new Recording(acquisition.Plan);
        for (var frame = 0; frame < acquisition.Comes.Length; frame++)
            Assert.That(acquisition.Comes[frame] ? recording.Append(frame).Status : recording.Session.Skip(1).Status,
                Is.EqualTo(Intake.AppendStatus.Ok));
        recording.Finish();
        var stored = recording.Keys.Where(key => !key.EndsWith("zarr.json", StringComparison.Ordinal))
            .Sum(key => (long)recording.Get(key)!.Length);
        var most = OmeZarr.Acquisition.MostStored.Bytes(recording.Plan);
        Assert.That(most is null, Is.EqualTo(recording.Plan.Arrays.Any(array => array.UnboundedAxis >= 0)));
        Assert.That(stored, Is.LessThanOrEqualTo(most ?? long.MaxValue));
        Assert.That(recording.Session.Stats().BytesToCome, Is.EqualTo(most).Or.LessThan(most ?? 0));
    }).Check(Config.QuickThrowOnFailure);

    [Test]
    public void ShouldRefuseWhatMayNotFitAndLeaveNothingWhenRoomIsRequired()
    {
        var memory = new MemoryStore();
        var store = new FlakyStore(memory);
        store.FillUpAfter(Needed - 1);
        Assert.That(() => Start(store, Require, out _), Throws.TypeOf<StoreException>()
            .With.Property(nameof(StoreException.Kind)).EqualTo(StoreErrorKind.NoSpace)
            .And.Message.Contains("100 KiB").And.Message.Contains("store.free_space"));
        Assert.That(memory.Keys, Is.Empty);
    }

    [TestCase(Needed + (1 << 20), Require, 0)]
    [TestCase(Needed - 1, "", 1)]
    [TestCase(Needed - 1, "\"store\": {\"free_space\": \"ignore\"}", 0)]
    public void ShouldBeginWhereItFitsOrNobodyMinds(long free, string more, int warnings)
    {
        var store = new FlakyStore(new MemoryStore());
        store.FillUpAfter(free);
        using var session = Start(store, more, out var told);
        Assert.That(told, Has.Count.EqualTo(warnings));
        Assert.That(session.Stats().BytesToCome, Is.EqualTo(Needed));
        Assert.That(session.Stats().FreeBytes, Is.Not.Null.And.LessThanOrEqualTo(free));
        Assert.That(session.Stats().SecondsLeft, Is.Null);
    }

    [Test]
    public void ShouldTellHowLongTheRoomLastsAndWarnOnceForEachLimit()
    {
        var store = new FlakyStore(new MemoryStore());
        var told = new List<string>();
        var space = new FreeSpace(Given.Plan("t=? y=32 x=32"), store, told.Add);
        long[] freeAt = [60_500, 60_000, 59_000, 6_000, 5_000];
        long?[] secondsAt = [null, 600, 590, 60, 50];
        for (var second = 0; second < freeAt.Length; second++)
        {
            store.FillUpAfter(freeAt[second]);
            Look(space, second, bytes: second * 100, frames: second);
            Assert.That(space.SecondsLeft, Is.EqualTo(secondsAt[second] ?? FreeSpace.Unknown), $"after {second} s");
            Look(space, second + 0.5, bytes: 1_000_000, frames: second);
        }

        Assert.That(told, Has.Count.EqualTo(2));
        Assert.That(told[0], Does.Contain("9 minutes"));
        Assert.That(told[1], Does.Contain("50 seconds"));
        store.FillUpAfter(1_000_000);
        Look(space, 5, bytes: 500, frames: 5);
        store.FillUpAfter(5_000);
        Look(space, 6, bytes: 600, frames: 6);
        Assert.That(told, Has.Count.EqualTo(3), "room was made, and used up again");
        Assert.That(space.ToCome, Is.EqualTo(FreeSpace.Unknown));
    }

    [TestCase(10_000, 0)]
    [TestCase(8_000, 1)]
    public void ShouldNotWarnOfLittleRoomWhereTheRestWillFit(long free, int warnings)
    {
        var store = new FlakyStore(new MemoryStore());
        store.FillUpAfter(free);
        var told = new List<string>();
        var space = new FreeSpace(Given.Plan(Kilobytes), store, told.Add);
        Look(space, 0, bytes: 0, frames: 0);
        Look(space, 1, bytes: 1_000, frames: 10);
        Assert.That(space.SecondsLeft, Is.EqualTo(free / 1000));
        Assert.That(told, Has.Count.EqualTo(warnings));
        Assert.That(space.ToCome, Is.EqualTo(Needed - 1_000));
    }

    [Test]
    public void ShouldSayNothingWhereTheStoreCannotTell()
    {
        var told = new List<string>();
        var space = new FreeSpace(Given.Plan(Kilobytes), new MemoryStore(), told.Add);
        space.CheckAtBeginning(done: 0);
        Look(space, 0, bytes: 0, frames: 0);
        Look(space, 1, bytes: 1_000, frames: 10);
        Assert.That((space.Bytes, space.SecondsLeft), Is.EqualTo((FreeSpace.Unknown, FreeSpace.Unknown)));
        Assert.That(told, Is.Empty);
    }

    private static void Look(FreeSpace space, double second, long bytes, long frames) =>
        space.Look(TimeSpan.FromSeconds(second), () => (bytes, frames));

    private static AcquisitionSession Start(IWritableStore store, string more, out List<string> told)
    {
        var plan = Given.Plan(Kilobytes, more: more);
        var warnings = told = [];
        return AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store, onWarning: warnings.Add);
    }
}
