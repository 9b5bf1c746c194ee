using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Serving.Http;

namespace OmeZarr.Serving.Tests;

/// <summary>Whatever is sent, the server lives, uses no more than it may, and answers others.</summary>
public class HostileTests
{
    private const int GuardMs = 120_000;

    private static readonly HttpLimits Impatient =
        new() { Connections = 8, HeadMs = 200, IdleMs = 200, SendMs = 200, GivesWayAfterMs = 100 };

    [Test]
    public void ShouldUnderstandOrRefuseAnyHead()
    {
        string[] pieces =
        [
            "GET ", "HEAD ", "/", "/-/tile?", "%", "%00", "%zz", "%c3%28", "?a=b&", "&=&", "..", " HTTP/1.1", " HTTP/1.0",
                " HTTP/9", "\r\n", "\r", "\n",
            "Host: x", "Host:", "Content-Length: 5", "Transfer-Encoding: chunked", "Range: bytes=0-1", ": x", " folded", "\0",
                "\u007f", "é", "http://", "*",
        ];
        Prop.ForAll(Gen.Elements(pieces).ArrayOf().ToArbitrary(), parts =>
        {
            var head = Encoding.UTF8.GetBytes(string.Concat(parts) + "\r\n\r\n");
            try
            {
                Assert.That(RequestParser.Parse(head, new HttpLimits()).Path, Does.StartWith("/").Or.Not.Empty);
            }
            catch (HttpRefusedException refused)
            {
                Assert.That(refused.Status, Is.InRange(400, 505));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Test]
    public void ShouldSurviveRandomBytes()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(1, 40_000)];
            random.NextBytes(bytes);
            if (i % 2 == 0)
                bytes = [.. "GET / HTTP/1.1\r\n"u8, .. bytes];
            var answer = served.Say(bytes);
            Assert.That(answer, Is.Empty.Or.StartsWith("HTTP/1.1 4"));
        }

        served.ShouldBeWell();
    }

    [Test]
    public void ShouldRefuseLongHeadsAndManyHeaders()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        var tooLong = served.Say($"GET /{new string('a', served.Limits.HeadBytes)} HTTP/1.1", "Host: localhost");
        Assert.That(tooLong, Does.StartWith("HTTP/1.1 431 "));
        var many = Enumerable.Range(0, served.Limits.HeaderLines + 1).Select(i => $"X-{i}: 1");
        Assert.That(served.Say("GET / HTTP/1.1", [.. many]), Does.StartWith("HTTP/1.1 431 "));
        Assert.That(served.Say("GET / HTTP/1.1", "Host: localhost", "Content-Length: 3"), Does.StartWith("HTTP/1.1 413 "));
        Assert.That(served.Say("GET / HTTP/1.1", "Host: localhost", "Host: evil.example"), Does.StartWith("HTTP/1.1 400 "));
        Assert.That(served.Say("GET / HTTP/1.1"), Does.StartWith("HTTP/1.1 400 "));
        Assert.That(served.Say("GET / HTTP/2.0", "Host: localhost"), Does.StartWith("HTTP/1.1 505 "));
        served.ShouldBeWell();
    }

    [Test]
    public void ShouldEndConnectionsThatSendTooSlowlyOrNothing()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store, limits: Impatient);
        using var silent = served.Connect();
        using var slow = served.Connect();
        var isOpen = true;
        for (var sent = 0; isOpen && sent < 10_000; sent++)
        {
            try
            {
                slow.Send("G"u8);
                // One more byte whenever the last one was not the end; the server's deadline is for all of them together.
                isOpen = !slow.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead) || slow.Receive(new byte[100]) > 0;
            }
            catch (SocketException)
            {
                isOpen = false;
            }
        }

        Assert.That(isOpen, Is.False, "the one that sends a byte now and then");
        Assert.That(silent.Receive(new byte[1]), Is.Zero, "the one that says nothing");
        served.ShouldBeWell();
    }

    [Test]
    public void ShouldEndConnectionsThatDoNotTakeTheAnswer()
    {
        using var store = Written.InMemory("""
            {"root_path": "memory", "dtype": "uint8", "compression": "none", "dimensions": [
                {"name": "t", "count": 1, "chunk_size": 1}, {"name": "y", "count": 8000}, {"name": "x", "count": 4000}]}
            """, frames: 1);
        var large = store.Keys.MaxBy(key => store.Get(key, int.MaxValue, default)!.Length)!;
        using var served = Served.From(store, limits: Impatient);
        using var lazy = served.Connect();
        lazy.Send(Encoding.ASCII.GetBytes($"GET /data.ome.zarr/{large} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        Assert.That(SpinWait.SpinUntil(() => served.OpenConnections == 1, GuardMs), Is.True);
        Assert.That(SpinWait.SpinUntil(() => served.OpenConnections == 0, GuardMs), Is.True);
        served.ShouldBeWell();
    }

    [Test]
    public void ShouldStayWithinItsConnectionsAndGiveRoomToNewOnes()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store, limits: Impatient with { HeadMs = GuardMs, IdleMs = GuardMs });
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < 1000; i++)
            {
                var socket = served.Connect();
                sockets.Add(socket);
                Assert.That(served.OpenConnections, Is.LessThanOrEqualTo(Impatient.Connections));
            }

            // All of them are taken by people who say nothing.
            Assert.That(SpinWait.SpinUntil(() => IsAnswered(served), GuardMs), Is.True);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        Assert.That(SpinWait.SpinUntil(() => IsAnswered(served), GuardMs), Is.True);
    }

    [Test]
    public void ShouldAnswerAllWhenMoreComeAtOnceThanItHasConnections()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        var answers = Enumerable.Range(0, 5 * served.Limits.Connections).Select(_ => served.Client.GetAsync("-/dataset"))
            .ToArray();
        Assert.That(Task.WhenAll(answers).Wait(GuardMs), Is.True);
        Assert.That(answers.Select(answer => (int)answer.Result.StatusCode), Has.All.EqualTo(200));
        served.ShouldBeWell();
    }

    [Test]
    public void ShouldAnswerSeveralRequestsOfOneConnectionInTheirOrder()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        var answer = served.Say(
            Encoding.ASCII.GetBytes(string.Concat(((string[])["/-/dataset", "/nothing", "/-/page.css"])
                .Select(path => $"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))));
        var status = System.Text.RegularExpressions.Regex.Matches(answer, "HTTP/1.1 ([0-9]+) ")
            .Select(match => match.Groups[1].Value);
        Assert.That(status, Is.EqualTo(["200", "404", "200"]));
    }

    [Test]
    public void ShouldEndAllThreadsWithWhateverIsGoingOn()
    {
        var before = Threads();
        using var store = Written.InMemory();
        var served = Served.From(store);
        using var idle = served.Connect();
        using var half = served.Connect();
        half.Send("GET / HT"u8);
        Assert.That(SpinWait.SpinUntil(() => served.OpenConnections == 2, GuardMs), Is.True);
        served.ShouldBeWell();
        served.Dispose();
        Assert.That(SpinWait.SpinUntil(() => Threads() == before, GuardMs), Is.True);
        Assert.That(() => served.Connect().Dispose(), Throws.InstanceOf<SocketException>());
    }

    [Test]
    public void ShouldRefuseAPortThatIsInUseInWords()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        Assert.That(() => DatasetServer.Bind(System.Net.IPAddress.Loopback, served.Port),
            Throws.InstanceOf<IOException>().With.Message.Contains($"port {served.Port}").And.Message.Contains(
                "in use by another program"));
    }

    private static bool IsAnswered(Served served)
    {
        try
        {
            return served.Say("GET /-/dataset HTTP/1.1", "Host: localhost", "Connection: close")
                .StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int Threads() => Directory.GetDirectories("/proc/self/task").Count(
        task => File.Exists($"{task}/comm")
            && File.ReadAllText($"{task}/comm").StartsWith("omezarr http", StringComparison.Ordinal));
}
