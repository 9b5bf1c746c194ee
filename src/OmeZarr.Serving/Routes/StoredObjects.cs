using System.Globalization;
using OmeZarr.Serving.Http;
using OmeZarr.Storage;

namespace OmeZarr.Serving.Routes;

/// <summary>The dataset's own files, for other viewers. Nothing but what a store's key can name is reached.</summary>
internal static class StoredObjects
{
    private const string Json = "application/json";
    private const string Xml = "application/xml";
    private const string Bytes = "application/octet-stream";

    /// <summary>A larger document is sent in pieces, like pixels.</summary>
    private const int MostDocumentBytes = 64 << 20;

    /// <summary>Read by one call of the store.</summary>
    private const int PieceBytes = 1 << 20;

    /// <summary>Answers with an object or a part of it.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="key">Its name; any text.</param>
    /// <param name="mayGrow">Whether it may change: then nobody may keep it.</param>
    /// <param name="request">As it came.</param>
    /// <param name="response">To it.</param>
    /// <param name="cancel">Gives up.</param>
    public static void Answer(
        IReadableStore store, string key, bool mayGrow, HttpRequest request, HttpResponse response, CancellationToken cancel)
    {
        var type = TypeOf(key);
        response.Add("Accept-Ranges", "bytes");
        if (type == Bytes)
            SendData(store, key, mayGrow, request, response, cancel);
        else
            SendDocument(store, key, type, mayGrow, request, response, cancel);
    }

    private static string TypeOf(string key) => Path.GetExtension(key) switch
    {
        ".json" => Json,
        ".xml" => Xml,
        _ => Bytes,
    };

    // Read at once, so that it is whole though it may be replaced meanwhile.
    private static void SendDocument(IReadableStore store, string key, string type, bool mayGrow, HttpRequest request,
        HttpResponse response, CancellationToken cancel)
    {
        var document = store.Get(key, MostDocumentBytes, cancel) ?? throw NotThere(key);
        if (!mayGrow)
        {
            var tag = Tag(document);
            response.Add("ETag", tag);
            response.Add("Cache-Control", "no-cache");
            if (request.IfNoneMatch is { } known && known.Contains(tag, StringComparison.Ordinal))
            {
                response.SendEmpty(304);
                return;
            }
        }
        else
        {
            response.Add("Cache-Control", "no-store");
        }

        if (ByteRange.Parse(request.Range) is not { } range)
        {
            response.Send(200, type, document);
            return;
        }

        var (offset, bytes) = range.Within(document.Length) ?? throw Unsatisfiable(response, document.Length);
        AddRange(response, offset, bytes, document.Length);
        response.Send(206, type, document.AsSpan((int)offset, (int)bytes));
    }

    private static void SendData(IReadableStore store, string key, bool mayGrow, HttpRequest request, HttpResponse response,
        CancellationToken cancel)
    {
        response.Add("Cache-Control", mayGrow ? "no-store" : "no-cache");
        var range = ByteRange.Parse(request.Range);
        if (range is { First: null, Last: > 0 and <= PieceBytes and var last } && request.Method == RequestMethod.Get)
        {
            SendEnd(store, key, (int)last, response, cancel);
            return;
        }

        var size = store.SizeOf(key, cancel) ?? throw NotThere(key);
        var (offset, bytes) = range is null ? (0, size) : range.Value.Within(size) ?? throw Unsatisfiable(response, size);
        if (range is not null)
            AddRange(response, offset, bytes, size);
        response.Begin(range is null ? 200 : 206, Bytes, bytes);
        if (request.Method != RequestMethod.Head)
            SendPieces(store, key, offset, bytes, response, cancel);
    }

    // The index of a shard that grows: size and bytes are of the same moment.
    private static void SendEnd(IReadableStore store, string key, int bytes, HttpResponse response, CancellationToken cancel)
    {
        var piece = response.Buffer[..bytes];
        var size = store.ReadEnd(key, piece, cancel) ?? throw NotThere(key);
        var read = (int)Math.Min(bytes, size);
        if (read == 0)
            throw Unsatisfiable(response, size);
        AddRange(response, size - read, read, size);
        response.Send(206, Bytes, piece[..read]);
    }

    private static void SendPieces(
        IReadableStore store, string key, long offset, long bytes, HttpResponse response, CancellationToken cancel)
    {
        while (bytes > 0)
        {
            var piece = response.Buffer[..(int)Math.Min(bytes, PieceBytes)];
            // The answer is cut short, which the other side notices, when the object ends before it was said to.
            if (store.ReadAt(key, offset, piece, cancel) is not { } size || size < offset + piece.Length)
                throw new IOException($"'{key}' has become shorter");
            response.Write(piece);
            offset += piece.Length;
            bytes -= piece.Length;
        }
    }

    private static void AddRange(HttpResponse response, long offset, long bytes, long size) => response.Add(
        "Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{offset + bytes - 1}/{size}"));

    private static HttpRefusedException Unsatisfiable(HttpResponse response, long size)
    {
        response.Add("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{size}"));
        return new HttpRefusedException(416, "the object has no such bytes");
    }

    private static HttpRefusedException NotThere(string key) => new(404, $"there is no '{key}'");

    // FNV-1a, 64 bits: two versions of a document are told apart, and nobody is kept out by it.
    private static string Tag(ReadOnlySpan<byte> document)
    {
        const ulong basis = 0xcbf29ce484222325, prime = 0x100000001b3;
        var hash = basis;
        foreach (var value in document)
            hash = unchecked((hash ^ value) * prime);
        return string.Create(CultureInfo.InvariantCulture, $"\"{hash:x16}-{document.Length:x}\"");
    }
}
