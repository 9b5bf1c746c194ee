using OmeZarr.Concurrency;
using OmeZarrNative;

namespace AbiTests;

/// <summary>A receiver of the log keeps nobody waiting, and loses no line without saying so.</summary>
public sealed class LogSinkTests
{
    private const int Room = 1024;
    private const int Long = 60_000;

    [Test]
    public void ShouldHandOverEveryLineInOrder()
    {
        var told = new List<string>();
        var sink = LogSink.Start("log", LogLevel.Debug, line => told.Add(line.Message), () => told.Add("end"));
        for (var i = 0; i < 100; i++)
            sink.Add(Line($"{i}"));
        Assert.That(sink.Close(Deadline.After(Long)), Is.True);
        Assert.That(told, Is.EqualTo(Enumerable.Range(0, 100).Select(i => $"{i}").Append("end")));
        sink.Add(Line("late"));
        Assert.That(told, Has.Count.EqualTo(101), "nothing comes after the end");
    }

    [Test]
    public void ShouldLeaveOutWhatIsBelowItsLevel()
    {
        var told = new List<LogLevel>();
        var sink = LogSink.Start("log", LogLevel.Warning, line => told.Add(line.Level), () => { });
        foreach (var level in Enum.GetValues<LogLevel>())
            sink.Add(new LogLine(DateTime.UtcNow, level, "line"));
        Assert.That(sink.Close(Deadline.After(Long)), Is.True);
        Assert.That(told, Is.EqualTo(new[] { LogLevel.Warning, LogLevel.Error }));
    }

    [TestCase(1)]
    [TestCase(500)]
    public void ShouldSayHowManyLinesFoundNoRoom(int more)
    {
        using var entered = new SemaphoreSlim(0);
        using var mayLeave = new ManualResetEventSlim();
        var told = new List<string>();
        var sink = LogSink.Start("log", LogLevel.Debug, line =>
            { entered.Release(); mayLeave.Wait(); told.Add(line.Message); }, () => { });
        sink.Add(Line("first"));
        Assert.That(entered.Wait(Long), Is.True);
        for (var i = 0; i < Room + more; i++)
            sink.Add(Line($"{i}"));
        mayLeave.Set();
        Assert.That(sink.Close(Deadline.After(Long)), Is.True);
        Assert.That(told, Has.Count.EqualTo(1 + Room + 1));
        Assert.That(told[^1], Does.StartWith($"{more} lines").And.Contain("missing"));
    }

    [Test]
    public void ShouldGiveUpWhatWaitsForAReceiverThatDoesNotReturn()
    {
        using var entered = new SemaphoreSlim(0);
        using var mayLeave = new ManualResetEventSlim();
        var told = new List<string>();
        var sink = LogSink.Start("log", LogLevel.Debug, line =>
            { entered.Release(); mayLeave.Wait(); told.Add(line.Message); }, () => { });
        for (var i = 0; i < 3 * Room; i++)
            sink.Add(Line($"{i}"));
        Assert.That(entered.Wait(Long), Is.True);
        Assert.That(sink.Close(Deadline.After(0)), Is.False);
        Assert.That(sink.HasEnded, Is.False);
        mayLeave.Set();
        Assert.That(sink.Close(Deadline.After(Long)), Is.True);
        Assert.That(told, Is.EqualTo(new[] { "0" }), "nothing follows the call that was under way");
    }

    [Test]
    public void ShouldGoOnAfterALineThatTheReceiverFailedOn()
    {
        var told = new List<string>();
        var sink = LogSink.Start("log", LogLevel.Debug, line =>
            told.Add(line.Message == "bad" ? throw new InvalidOperationException() : line.Message), () => { });
        foreach (var message in new[] { "one", "bad", "two" })
            sink.Add(Line(message));
        Assert.That(sink.Close(Deadline.After(Long)), Is.True);
        Assert.That(told, Is.EqualTo(new[] { "one", "two" }));
    }

    [Test]
    public void ShouldTellInTheFileWhichLinesItCouldNotTake()
    {
        using var disk = new FillingStream();
        using var file = new LogFile(disk);
        file.Append(Line("one"));
        disk.IsFull = true;
        file.Append(Line("two"));
        file.Append(Line("three"));
        disk.IsFull = false;
        file.Append(Line("four"));
        Assert.That(disk.Text, Does.Match(
            "^[^\n]+ INFO one\n[^\n]+ WARNING 2 lines of the log are missing here: the disk is full\n[^\n]+ INFO four\n$"));
    }

    private static LogLine Line(string message) => new(DateTime.UtcNow, LogLevel.Info, message);

    private sealed class FillingStream : MemoryStream
    {
        public bool IsFull { get; set; }

        public string Text => System.Text.Encoding.UTF8.GetString(ToArray());

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (IsFull)
                throw new IOException("the disk is full");
            base.Write(buffer);
        }
    }
}
