using System.Net;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Stores;

namespace OmeZarr.Serving.Tests;

/// <summary>Other viewers are served the dataset's files, as they are, and nothing else.</summary>
public class FilesTests
{
    [Test]
    public void ShouldServeEveryObjectWholeAndEachPartOfIt()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        var random = new Random(1);
        foreach (var key in store.Keys)
        {
            var expected = store.Get(key, int.MaxValue, default)!;
            Assert.That(Served.BytesOf(served.Get($"data.ome.zarr/{key}")), Is.EqualTo(expected), key);
            for (var i = 0; i < 5 && expected.Length > 0; i++)
            {
                var (first, count) = (random.Next(expected.Length), random.Next(1, expected.Length + 10));
                var last = Math.Min(expected.Length, first + count);
                var part = served.Get($"data.ome.zarr/{key}", $"bytes={first}-{first + count - 1}");
                Assert.That(part.StatusCode, Is.EqualTo(HttpStatusCode.PartialContent));
                Assert.That(part.Content.Headers.ContentRange!.ToString(),
                    Is.EqualTo($"bytes {first}-{last - 1}/{expected.Length}"));
                Assert.That(Served.BytesOf(part), Is.EqualTo(expected[first..last]), key);
                var end = Math.Min(count, expected.Length);
                Assert.That(Served.BytesOf(served.Get($"data.ome.zarr/{key}", $"bytes=-{count}")), Is.EqualTo(expected[^end..]),
                    key);
            }
        }

        served.ShouldBeWell();
    }

    [Test]
    public void ShouldServeObjectsThatAreLargerThanItsMemory()
    {
        using var store = new MemoryStore();
        Written.To(store, """
            {"root_path": "memory", "dtype": "uint8", "compression": "none", "dimensions": [
                {"name": "t", "count": 2, "chunk_size": 1}, {"name": "y", "count": 2500}, {"name": "x", "count": 2500}]}
            """, frames: 2);
        var large = store.Keys.MaxBy(key => store.Get(key, int.MaxValue, default)!.Length)!;
        var expected = store.Get(large, int.MaxValue, default)!;
        using var served = Served.From(store);
        Assert.That(expected, Has.Length.GreaterThan(2 * served.Limits.BufferBytes));
        Assert.That(Served.BytesOf(served.Get($"data.ome.zarr/{large}")), Is.EqualTo(expected));
        Assert.That(Served.BytesOf(served.Get($"data.ome.zarr/{large}", "bytes=-4000000")), Is.EqualTo(expected[^4000000..]));
    }

    [Test]
    public void ShouldAnswerWhatBrowsersAskBeforehand()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        var answer = served.Say("OPTIONS /data.ome.zarr/zarr.json HTTP/1.1", "Host: localhost", "Origin: https://example.org",
            "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: range",
            "Access-Control-Request-Private-Network: true");
        Assert.That(answer, Does.StartWith("HTTP/1.1 204 ").And.Contain("Access-Control-Allow-Origin: *")
            .And.Contain("Access-Control-Allow-Headers: *").And.Contain("Access-Control-Allow-Private-Network: true"));
        // A viewer has to see that a chunk is not there; the page is nobody else's business.
        Assert.That(served.Say("GET /data.ome.zarr/0/c/77/0/0/0 HTTP/1.1", "Host: localhost", "Connection: close"),
            Does.StartWith("HTTP/1.1 404 ").And.Contain("Access-Control-Allow-Origin: *"));
        foreach (var path in (string[])["/", "/-/dataset", "/-/page.js", "/-/tile?h=1&w=1&at=0,0"])
        {
            Assert.That(served.Say($"GET {path} HTTP/1.1", "Host: localhost", "Connection: close"),
                Does.StartWith("HTTP/1.1 200 ").And.Not.Contain("Access-Control"), path);
        }

        var head = served.Say("HEAD /data.ome.zarr/zarr.json HTTP/1.1", "Host: localhost", "Connection: close");
        var size = store.Get("zarr.json", int.MaxValue, default)!.Length;
        Assert.That(head, Does.StartWith("HTTP/1.1 200 ").And.Contain($"Content-Length: {size}").And.Contain("application/json")
            .And.EndsWith("\r\n\r\n"));
    }

    [Test]
    public void ShouldSayThatThereIsNothing()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        foreach (var path in (string[])["data.ome.zarr/0/c/77/0/0/0", "data.ome.zarr/", "data.ome.zarr", "other/zarr.json",
            "-/nothing", "-/"])
            Assert.That(served.Get(path).StatusCode, Is.EqualTo(HttpStatusCode.NotFound), path);
        Assert.That(served.Get("data.ome.zarr/zarr.json", "bytes=9999999-").StatusCode,
            Is.EqualTo(HttpStatusCode.RequestedRangeNotSatisfiable));
        Assert.That(served.Say("POST /data.ome.zarr/zarr.json HTTP/1.1", "Host: localhost"), Does.StartWith("HTTP/1.1 405 "));
    }

    [Test]
    public void ShouldLetNobodyKeepWhatGrowsAndSaveTheWayOtherwise()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        var answer = served.Get("data.ome.zarr/zarr.json");
        var tag = answer.Headers.ETag!.ToString();
        Assert.That(served.Say("GET /data.ome.zarr/zarr.json HTTP/1.1", "Host: localhost", $"If-None-Match: {tag}",
            "Connection: close"),
            Does.StartWith("HTTP/1.1 304 ").And.EndsWith("\r\n\r\n"));

        using var other = new MemoryStore();
        Written.To(other);
        var root = System.Text.Encoding.UTF8.GetString(other.Get("zarr.json", int.MaxValue, default)!);
        Assert.That(root, Does.Contain("\"complete\": true"));
        OmeZarr.Storage.StoreCalls.Put(other, "zarr.json",
            System.Text.Encoding.UTF8.GetBytes(
                root.Replace("\"complete\": true", "\"complete\": false", StringComparison.Ordinal)), durable: false);
        using var growing = Served.From(other);
        foreach (var key in other.Keys)
        {
            var now = growing.Get($"data.ome.zarr/{key}");
            Assert.That(now.Headers.CacheControl!.NoStore && now.Headers.ETag is null, Is.True, key);
        }
    }

    [Test]
    public void ShouldNotLeaveTheDataset()
    {
        var folder = Directory.CreateTempSubdirectory("omezarr-serve-").FullName;
        try
        {
            var dataset = Path.Join(folder, "data.ome.zarr");
            using (var writer = new FileSystemStore(dataset))
                Written.To(writer);
            File.WriteAllText(Path.Join(folder, "secret"), "secret");
            File.CreateSymbolicLink(Path.Join(dataset, "link"), Path.Join(folder, "secret"));
            Directory.CreateSymbolicLink(Path.Join(dataset, "out"), folder);
            File.WriteAllText(Path.Join(dataset, ".hidden"), "secret");
            using var store = new FileSystemStore(dataset);
            using var served = Served.From(store);
            string[] tries =
            [
                "../secret", "%2e%2e/secret", "..%2fsecret", "0/../../secret", "0/%2e%2e/%2e%2e/secret", "%2e%2e%5csecret",
                    "..\\secret",
                "link", "out/secret", ".hidden", "/etc/passwd", "//etc/passwd", "zarr.json%00", "zarr.json/", "./zarr.json",
                    "0/c", "C:/x",
                "%c0%ae%c0%ae/secret", "%252e%252e/secret", "con", "zarr.json::$DATA",
            ];
            foreach (var path in tries)
            {
                var answer = served.Say($"GET /data.ome.zarr/{path} HTTP/1.1", "Host: localhost", "Connection: close");
                Assert.That(answer, Does.Match("^HTTP/1.1 (400|404|500) ").And.Not.Contains("\r\n\r\nsecret"), path);
            }

            foreach (var path in (string[])["/../secret", "/%2e%2e/secret", "/-/../../secret", "/-/%2e%2e/page.js", "//",
                "/-//page.js"])
                Assert.That(served.Say($"GET {path} HTTP/1.1", "Host: localhost", "Connection: close"),
                    Does.StartWith("HTTP/1.1 404 "), path);
            served.ShouldBeWell();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase("evil.example", false)]
    [TestCase("evil.example:8642", false)]
    [TestCase("localhost.evil.example", false)]
    [TestCase("127.0.0.1.evil.example", false)]
    [TestCase("", false)]
    [TestCase("10.0.0.1", false)]
    [TestCase("localhost", true)]
    [TestCase("LOCALHOST:1", true)]
    [TestCase("127.0.0.1:8642", true)]
    [TestCase("[::1]:8642", true)]
    public void ShouldAnswerToThisMachinesNamesOnly(string host, bool isOurs)
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        Assert.That(served.Say("GET /-/dataset HTTP/1.1", $"Host: {host}", "Connection: close"),
            Does.StartWith(isOurs ? "HTTP/1.1 200 " : "HTTP/1.1 421 "));
    }

    [Test]
    public void ShouldShowNothingToWhoDoesNotKnowTheToken()
    {
        using var store = Written.InMemory();
        var token = DatasetServer.NewToken();
        using var served = Served.From(store, token: token);
        Assert.That(served.Url, Does.EndWith($"/{token}/"));
        Assert.That(served.Get("").StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(served.Get("data.ome.zarr/zarr.json").StatusCode, Is.EqualTo(HttpStatusCode.OK));
        string[] others = ["/", "/-/dataset", "/data.ome.zarr/zarr.json", $"/{DatasetServer.NewToken()}/", $"/{token}",
            $"/{token[..^1]}/-/dataset"];
        foreach (var path in others)
            Assert.That(served.Say($"GET {path} HTTP/1.1", "Host: localhost", "Connection: close"),
                Does.StartWith("HTTP/1.1 404 "), path);
    }
}
