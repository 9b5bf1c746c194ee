using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

internal sealed class RetryTests
{
    private readonly List<TimeSpan> _waits = [];

    [SetUp]
    public void Clear() => _waits.Clear();

    [Test]
    public void ShouldRetryUntilTheOtherProgramReleasesTheFile()
    {
        var calls = 0;
        Retrying().Run(3, failures =>
        {
            if (calls++ < failures)
                throw new IOException("held");
        });
        Assert.That(calls, Is.EqualTo(4));
        Assert.That(_waits.Select(w => w.TotalMilliseconds), Is.EqualTo((double[])[1, 2, 4]));
    }

    [Test]
    public void ShouldGiveUpAfterABoundedTimeWithTheLastError()
    {
        var calls = 0;
        Assert.That(
            () => Retrying().Run(0, _ => throw new IOException($"held {++calls}")),
            Throws.InstanceOf<IOException>().With.Message.EqualTo($"held {Retry.MaxAttempts}"));
        Assert.That(_waits.Sum(w => w.TotalMilliseconds), Is.LessThan(1000));
    }

    [Test]
    public void ShouldNotRepeatOtherFailures()
    {
        var calls = 0;
        Assert.That(
            () => Retrying().Run(0, _ =>
            {
                calls++;
                throw new InvalidDataException();
            }),
            Throws.InstanceOf<InvalidDataException>());
        Assert.That(calls, Is.EqualTo(1));
    }

    [Test]
    public void ShouldStopWaitingWhenTheStoreIsClosed()
    {
        var retry = new Retry(_ => true, _ => false);
        var calls = 0;
        Assert.That(
            () => retry.Run(0, _ =>
            {
                calls++;
                throw new IOException();
            }),
            Throws.InstanceOf<IOException>());
        Assert.That(calls, Is.EqualTo(1));
    }

    private Retry Retrying() => new(e => e is IOException, delay =>
    {
        _waits.Add(delay);
        return true;
    });
}
